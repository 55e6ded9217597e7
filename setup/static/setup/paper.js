/* Keeps the state of the printers and the last slips true: the page itself is fetched again, and its live parts are put in place.
   A part in which somebody is at work (an open form, the focus) is left alone. */
const EVERY_MS = 4000;

const busy = (part) => part.contains(document.activeElement) || part.querySelector("details[open]");

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelectorAll("[data-live]").forEach((part) => {
      const now = fresh.getElementById(part.id);
      if (now && !busy(part) && now.innerHTML !== part.innerHTML) part.replaceWith(document.adoptNode(now));
    });
  } catch (error) {
    /* No connection: the page shows what it knew, with the times at which it was asked. */
  }
}

/* After a refused form the address is that of the form, which cannot be fetched. */
if (!document.querySelector("[role=alert]")) window.setInterval(refresh, EVERY_MS);
