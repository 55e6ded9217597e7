"""The files of the looks and the scripts: one version in every address, each file read, joined and compressed once.

`url_for("core.static", filename="icons.svg")` gives `/static/core/v-3f2a9c81d0/icons.svg`. Whoever has a file of this version
never asks for it again, and after an update every address is a new one. There is one version for all files, so that no screen
ever runs new scripts on old ones; what a file names beside itself (`url("fonts/...")`, `from "./desk.js"`) carries the version
by itself, and what a script imports of another room (`from "/static/core/dom.js"`) is given it here.

An address without the version, or with another, still answers, and is asked for anew each time.
With FLASK_DEBUG=1 none of this happens: the files are served as they lie on the disk.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as AnyResponse

from core import compression

FOR_GOOD = "public, max-age=31536000, immutable"
LEVEL = 9
VERSIONED = re.compile(r"(v-[0-9a-f]{10})/(.+)", re.DOTALL)
EXTENSION = "assets"
JOINED = re.compile(rb'^@import "([\w.-]+)";$', re.MULTILINE)
IMPORTED = rb'(\bfrom\s*|\bimport\s*\(?\s*)"(%s)/'

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
"""Named here because a machine may have other ideas, and no browser runs a module that is called plain text."""


@dataclass(frozen=True)
class Asset:
    """One file as it is sent. `packed` is None where gzip saves nothing; `tag` stands for the bytes of `body`."""

    body: bytes
    packed: bytes | None
    mimetype: str
    tag: str


class Assets:
    """The files of one application, by the endpoint that serves them; read when they are first asked for, then kept."""

    def __init__(self, folders: dict[str, Path], addresses: Iterable[str]) -> None:
        self._folders = folders
        self._imported = re.compile(IMPORTED % b"|".join(re.escape(address.encode()) for address in addresses))
        self._kept: dict[Path, Asset] = {}

    @cached_property
    def version(self) -> str:
        """What stands in the addresses: it changes when any byte of any file does."""
        return _version_of(tuple(sorted(set(self._folders.values()))))

    def name(self, endpoint: str, values: dict[str, Any]) -> None:
        """Put the version into the address that `url_for` is about to build."""
        if endpoint in self._folders and "filename" in values:
            values["filename"] = f"{self.version}/{values['filename']}"

    def answer(self, filename: str) -> AnyResponse:
        """The view of every room's files. No part of a file is ever served: all are small. Raises NotFound."""
        named = VERSIONED.fullmatch(filename)
        folder = self._folders[request.endpoint or ""]
        asset = self._asset(folder, named[2] if named else filename)
        packed = asset.packed if compression.accepted() else None
        response = Response(packed or asset.body, mimetype=asset.mimetype)
        response.set_etag(asset.tag + ("-gzip" if packed else ""))
        if packed:
            response.content_encoding = "gzip"
        if asset.packed:
            response.vary.add("Accept-Encoding")
        response.headers["Cache-Control"] = FOR_GOOD if named and named[1] == self.version else "no-cache"
        return response.make_conditional(request)

    def _asset(self, folder: Path, filename: str) -> Asset:
        place = safe_join(str(folder), filename)
        if place is None or not os.path.isfile(place):  # unlike Path.is_file it says no to names no disk could have
            raise NotFound()
        path = Path(place)
        if path not in self._kept:
            self._kept[path] = self._read(path)
        return self._kept[path]

    def _read(self, path: Path) -> Asset:
        mimetype = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        body = path.read_bytes()
        if path.suffix == ".css":
            body = JOINED.sub(lambda found: (path.parent / found[1].decode()).read_bytes(), body)
        elif path.suffix == ".js":
            body = self._imported.sub(rb'\1"\2/%s/' % self.version.encode(), body)
        packed = compression.smaller(body, LEVEL) if compression.is_text(mimetype) else None
        return Asset(body, packed, mimetype, hashlib.sha256(body).hexdigest()[:16])


def release() -> str:
    """The version of the present application's files; "" with FLASK_DEBUG=1, where they change under one's hands.

    A screen that runs for months compares it with its own and knows that it is out of date.
    """
    assets: Assets | None = current_app.extensions.get(EXTENSION)
    return assets.version if assets else ""


@lru_cache
def _version_of(folders: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            body = path.read_bytes()
            digest.update(f"{folder.parent.name}/{path.relative_to(folder)} {len(body)}\n".encode() + body)
    return f"v-{digest.hexdigest()[:10]}"


def install(app: Flask) -> None:
    """Serve the files of all blueprints of `app` so. After they are registered."""
    if app.debug:
        return
    rooms = [room for room in app.blueprints.values() if room.static_folder and room.static_url_path]
    folders = {f"{room.name}.static": Path(room.static_folder or "") for room in rooms}
    assets = Assets(folders, [room.static_url_path or "" for room in rooms])
    app.url_defaults(assets.name)
    app.extensions[EXTENSION] = assets
    app.view_functions.update(dict.fromkeys(folders, assets.answer))
