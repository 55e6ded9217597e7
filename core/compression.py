"""Answers that travel small: text is compressed by this server itself, because a ward's one PC has no proxy in front of it.

Not every answer: where a secret stands beside words that somebody else chose, the compressed length tells whether the words are
like the secret (the attack called BREACH: a foreign page lets the victim's browser ask again and again, with guesses in the
address, and someone on the line watches the lengths). So only that is compressed which anybody who knows the address would be
answered:

- to GET and HEAD: the answer to a form may show again what was typed;
- to strangers: what people who are signed in and paired devices see is theirs;
- without a CSRF mark, the only secret of a stranger's cookie that a page could show. Of the pages strangers see only the sign-in
  form has one (`core.pages.csrf_mark`).

A page whose address is the secret (a booking's, a ticket's) is compressed: who can let it be asked for can read it anyway.
A proxy must not compress what this leaves alone, so deploy/Caddyfile compresses nothing.

It is gzip of the standard library. Flask-Compress would bring two compiled packages (Brotli, Zstandard: at best a sixth less,
and browsers ask for them over HTTPS only), and this rule and the files of `core/assets.py` would be ours all the same.
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, g, request

from core.rights import actor

LEVEL = 5
"""For pages, which are compressed at every request: beyond it the time grows and the length does not shrink."""
LEAST_BYTES = 860
"""A shorter answer fits into one packet either way."""
TEXTS = ("text/", "application/json", "application/xml")


def install(app: Flask) -> None:
    """Compress the answers of `app` that may be."""
    app.after_request(_compress)


def is_text(mimetype: str) -> bool:
    """Whether gzip makes this kind smaller: pictures and fonts are compressed already."""
    return mimetype.startswith(TEXTS) or mimetype.endswith(("+json", "+xml"))


def accepted() -> bool:
    """Whether who asks understands gzip."""
    return request.accept_encodings.quality("gzip") > 0


def smaller(body: bytes, level: int) -> bytes | None:
    """`body` in gzip; None when that saves nothing. The same bytes always give the same."""
    if len(body) < LEAST_BYTES:
        return None
    packed = gzip.compress(body, level, mtime=0)
    return packed if len(packed) < len(body) else None


def _compress(response: Response) -> Response:
    if not _may_be_compressed(response):
        return response
    response.vary.add("Accept-Encoding")
    packed = smaller(response.get_data(), LEVEL) if accepted() else None
    if packed is None:
        return response
    response.set_data(packed)
    response.content_encoding = "gzip"
    tag, weak = response.get_etag()
    if tag and not weak:  # a strong tag promises the same bytes
        response.set_etag(tag, weak=True)
    return response


def _may_be_compressed(response: Response) -> bool:
    open_to_all = request.method in ("GET", "HEAD") and actor().kind == "anonymous" and "csrf_token" not in g
    whole = response.status_code == 200 and not response.is_streamed and "Content-Encoding" not in response.headers
    return open_to_all and whole and is_text(response.mimetype or "")
