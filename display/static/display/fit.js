/* As large as its place allows: the called number, in hundredths of a pixel nobody needs to know. ES2017. */
const LETTER = 0.67; /* the width of one character of the boldest weight, in its own size */

function set(node, size) {
  const wanted = `${Math.floor(size)}px`;
  if (node.style.getPropertyValue("--n") !== wanted) node.style.setProperty("--n", wanted);
}

/* The number beside its counter, or above it where the hero stands upright. */
export function fitHero(hero, call) {
  if (hero.hidden) return;
  const digits = String(call.counter).length;
  const upright = getComputedStyle(hero).flexDirection === "column";
  const wide = hero.clientWidth;
  const high = hero.clientHeight;
  /* The plate of the counter is 0.75 of the number's size; beside it stand an arrow and two gaps. */
  const across = upright ? LETTER * call.number.length : LETTER * call.number.length + 0.25 + Math.max(0.9, 0.5 * digits + 0.24) + 0.18;
  set(hero, Math.min(wide / across, high * (upright ? 0.53 : 0.88), wide * (upright ? 0.33 : 0.26)));
}

/* A number alone in its place. */
export function fitAlone(place, number) {
  set(place, Math.min(place.clientWidth / (LETTER * Math.max(number.length, 3)), place.clientHeight * 0.95));
}
