/* A clock that only goes on: milliseconds since the page was opened, whatever is done to the clock of the machine.

   A television sets its clock when it finds the network, by seconds or by years; a laptop that slept has lost hours of which
   some browsers' own counter knows nothing. What jumps forward by less than a day counts as sleep, anything else does not. */
const SLEEP_MS = 5000;
const DAY_MS = 86400000;

let date = Date.now();
let counted = performance.now();
let slept = 0;

export function steady() {
  const dateNow = Date.now();
  const countedNow = performance.now();
  const jump = dateNow - date - (countedNow - counted);
  if (jump > SLEEP_MS && jump < DAY_MS) slept += jump;
  date = dateNow;
  counted = countedNow;
  return countedNow + slept;
}
