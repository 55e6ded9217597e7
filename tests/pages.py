"""Each page a test fetches is checked as a page: valid, labelled, and nothing in it that our policy would block.

(house-style 27; the idea is alphagov/notifications-admin's `client_request`.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from html5lib.html5parser import ParseError
from werkzeug.test import TestResponse

NEEDS_NO_LABEL = {"hidden", "submit", "button", "reset", "image"}
LOADS = {"link": "href", "form": "action", **dict.fromkeys(("script", "img", "iframe", "audio", "video"), "src")}
DATA_SCRIPTS = {"application/json", "importmap", "speculationrules"}


class CheckedClient(FlaskClient):
    """The test client, with every HTML answer checked."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
            faults = page_faults(response.get_data(as_text=True), response.headers.get("Content-Security-Policy", ""))
            assert not faults, f"{response.request.path} is not a good page: " + "; ".join(faults)
        return response

    def page(self, path: str, **kwargs: Any) -> str:
        """The text of the page at `path`, which must be answered with 200 (redirects are followed)."""
        response = self.get(path, follow_redirects=True, **kwargs)
        assert response.status_code == 200, f"{path}: {response.status}"
        return response.get_data(as_text=True)


def page_faults(html: str, policy: str) -> list[str]:
    """What is wrong with a page, in words; an empty list when nothing is."""
    try:
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    except ParseError as error:
        return [f"invalid HTML: {error}"]
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    checks = (_title_faults, _id_faults, _label_faults, _inline_faults, _external_faults)
    return [fault for check in checks for fault in check(elements)] + list(_policy_faults(policy))


def _title_faults(elements: list[Element]) -> Iterator[str]:
    # An SVG's own <title> is a label inside the picture, not the title of the page.
    titles = [child.text for element in elements if element.tag == "head" for child in element if child.tag == "title"]
    if len(titles) != 1 or not (titles[0] or "").strip():
        yield f"{len(titles)} titles"
    if not any(element.tag == "html" and element.get("lang") for element in elements):
        yield "no language named"


def _id_faults(elements: list[Element]) -> Iterator[str]:
    for name, times in Counter(element.get("id") for element in elements if element.get("id")).items():
        if times > 1:
            yield f"the id {name!r} stands {times} times"


def _label_faults(elements: list[Element]) -> Iterator[str]:
    named = {element.get("for") for element in elements if element.tag == "label"}
    inside = {id(child) for element in elements if element.tag == "label" for child in element.iter()}
    for element in elements:
        if element.tag not in ("input", "select", "textarea") or element.get("type") in NEEDS_NO_LABEL:
            continue
        labelled = element.get("aria-label") or element.get("aria-labelledby")
        if not (labelled or id(element) in inside or element.get("id") in named):
            yield f"<{element.tag} name={element.get('name')!r}> has no label"


def _inline_faults(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        if element.tag == "style" or element.get("style") is not None:
            yield f"inline style in <{element.tag}>"
        if element.tag == "script" and not element.get("src") and element.get("type") not in DATA_SCRIPTS:
            yield "inline script"
        for name in element.attrib:
            if isinstance(name, str) and name.startswith("on"):
                yield f"{name} on <{element.tag}>"


def _external_faults(elements: list[Element]) -> Iterator[str]:
    for element in elements:
        address = element.get(LOADS.get(str(element.tag), "")) or ""
        if urlsplit(address).netloc and element.get("rel") not in ("canonical", "alternate"):
            yield f"<{element.tag}> loads from outside: {address}"


def _policy_faults(policy: str) -> Iterator[str]:
    if "default-src" not in policy:
        yield "no Content-Security-Policy"
    if "unsafe-inline" in policy or "unsafe-eval" in policy:
        yield f"the Content-Security-Policy allows unsafe things: {policy}"
