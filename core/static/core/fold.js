/* A text without tones, marks and case, "đ" as "d": what a person types in a hurry. The same as core.words.fold. */
export const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/\u0111/g, "d").replace(/\s+/g, " ").trim();
