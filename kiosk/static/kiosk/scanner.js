/* A scanner on the keyboard port: it types anywhere on the page, much faster than a hand, and ends with Enter. */

const GAP_MS = 120; /* Longer between two keys is a hand. */
const LEAST = 6;

export function listen(onScan) {
  let typed = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    const now = event.timeStamp;
    if (now - last > GAP_MS) typed = "";
    if (event.key === "Enter" || event.key === "Tab") {
      if (typed.length < LEAST) return;
      event.preventDefault(); /* Neither the form nor the button that has the focus is meant. */
      event.stopPropagation();
      const text = typed;
      typed = "";
      onScan(text);
    } else if (event.key.length === 1) {
      if (event.key === " " && typed) event.preventDefault();
      typed += event.key;
      last = now;
    }
  }, true);
}
