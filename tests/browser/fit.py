"""Whether a screen fits: on a small phone, and with its text at twice the size."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

SMALL = {"width": 320, "height": 640}

PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
"""A screen that draws by its size has done so."""
STICKS_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = (node) => node && node !== document.body
    && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
  const out = [...document.body.querySelectorAll("*")].filter((node) => {
    const box = node.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > wide + 1 && !scrolls(node.parentElement) && node.checkVisibility();
  });
  const scrolled = document.scrollingElement.scrollWidth > wide + 1;
  return (scrolled || out.length) ? [`${document.scrollingElement.scrollWidth} of ${wide} px`,
    ...out.slice(0, 3).map((node) => node.outerHTML.slice(0, 120))] : [];
}"""


def faults(page: Page) -> Iterator[str]:
    """What does not fit on a 320 px screen, or at 200 % text on this page's own screen; the page is left as it was."""
    own = page.viewport_size
    assert own is not None
    page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
    page.evaluate(PAINTED)
    yield from (f"at 320 px: {fault}" for fault in page.evaluate(STICKS_OUT))
    page.set_viewport_size(own)
    page.evaluate(PAINTED)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    yield from (f"at 200 % text: {fault}" for fault in page.evaluate(STICKS_OUT))
    page.evaluate("document.documentElement.style.fontSize = ''")
