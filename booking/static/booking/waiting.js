// Looks every minute whether something has changed for who waits, and shows the page again only then: a page that loads itself
// anew takes the place away from who reads it, or has it read. Without scripts it does that all the same.

const EVERY_MS = 60000;
const shown = document.querySelector("main section").textContent;

async function look() {
  try {
    const answer = await fetch(window.location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && page.querySelector("main section").textContent !== shown) window.location.reload();
  } catch (error) {
    // No connection just now: looked at again in a minute.
  }
}

window.setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") look();
});
