/* The QR of an identity card: number | old number | name | born | sex | address | issued, and since 2024 empty fields after that.
   Pure. It is a claim and no proof, and none of it is anybody's business here: it never leaves this page, and only the name is
   ever used, by who is asked for it. */

const FIELDS = [6, 7, 11];

export const isCard = (text) => /^\s*\d{12}\|/.test(text);

/* The name on the card; "" when it cannot be told. */
export function cardName(text) {
  const fields = text.trim().split("|");
  const name = isCard(text) && FIELDS.includes(fields.length) ? fields[2].normalize("NFC").trim() : "";
  return /\p{L}/u.test(name) && name.length <= 80 ? name : "";
}
