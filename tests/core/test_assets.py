"""The files of the looks and the scripts: their addresses, how long they are kept, and what is in them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

import wsgi
from core.assets import FOR_GOOD, Assets
from core.config import load_config
from tests.conftest import ROOT

GZIP = {"Accept-Encoding": "gzip"}
VIETNAMESE = "aăâbcdđeêghiklmnoôơpqrstuưvxyàằầèềìòồờùừỳảẳẩẻểỉỏổởủửỷãẵẫẽễĩõỗỡũữỹáắấéếíóốớúứýạặậẹệịọộợụựỵ"


def make_app(folder: Path) -> Flask:
    environ = {"DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/none.sqlite", "SECRET_KEY": "only-for-tests"}
    return wsgi.create_app(load_config(environ))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The product without a database: files need none."""
    return make_app(tmp_path_factory.mktemp("files"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def addresses(app: Flask, suffix: str) -> Iterator[str]:
    """The address of every file with this ending, as templates write it."""
    with app.test_request_context():
        for room in app.blueprints.values():
            if room.static_folder:
                for path in sorted(Path(room.static_folder).rglob(f"*{suffix}")):
                    yield url_for(f"{room.name}.static", filename=path.relative_to(room.static_folder).as_posix())


def shared(app: Flask) -> str:
    return next(address for address in addresses(app, ".css") if address.endswith("shared.css"))


@pytest.mark.parametrize("suffix", [".css", ".js", ".svg", ".woff2"])
def test_every_file_has_a_version_in_its_address_and_is_kept_for_good(app: Flask, client: FlaskClient, suffix: str) -> None:
    kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
    found = list(addresses(app, suffix))
    assert found
    for address in found:
        assert re.search(r"/v-[0-9a-f]{10}/", address)
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, kinds[suffix], FOR_GOOD), address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("version", ["", "v-0000000000/"])
def test_an_address_of_another_version_answers_but_is_asked_for_anew(app: Flask, client: FlaskClient, version: str) -> None:
    address = re.sub(r"v-\w+/", version, shared(app))
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_changed_byte_in_any_file_changes_every_address(tmp_path: Path) -> None:
    versions = set()
    for written in ("a", "b", "bb"):
        folder = tmp_path / written / "static"
        folder.mkdir(parents=True)
        (folder / "x.css").write_text(written)
        versions.add(Assets({"x.static": folder}, []).version)
    assert len(versions) == 3


def test_a_file_is_compressed_once_for_who_asks_and_each_form_has_its_own_tag(app: Flask, client: FlaskClient) -> None:
    plain, packed = client.get(shared(app)), client.get(shared(app), headers=GZIP)
    assert len(packed.data) < len(plain.data) / 3
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["ETag"] != packed.headers["ETag"]
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.vary
    again = client.get(shared(app), headers=GZIP | {"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["Cache-Control"]) == (304, b"", FOR_GOOD)
    head = client.head(shared(app), headers=GZIP)
    assert (head.data, head.headers["Content-Length"]) == (b"", str(len(packed.data)))
    part = client.get(shared(app), headers=GZIP | {"Range": "bytes=0-9"})
    assert (part.status_code, part.data) == (200, packed.data), "a part of a compressed file is of no use to anybody"


def test_fonts_are_not_compressed_again(app: Flask, client: FlaskClient) -> None:
    for address in addresses(app, ".woff2"):
        assert "Content-Encoding" not in client.get(address, headers=GZIP).headers


def test_the_shared_sheet_holds_the_three_it_names(app: Flask, client: FlaskClient) -> None:
    sheet = client.get(shared(app)).text
    assert "@import" not in sheet
    for name in ("fonts", "tokens", "base"):
        assert (ROOT / "core" / "static" / "core" / f"{name}.css").read_text().strip() in sheet


def test_what_scripts_and_sheets_load_has_the_same_version_and_is_there(app: Flask, client: FlaskClient) -> None:
    loads = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{0,2}/[^"']+)["']|\burl\("([^"]+)"\)""")
    version = re.search(r"v-\w+", shared(app))
    assert version
    seen = 0
    for address in (*addresses(app, ".js"), *addresses(app, ".css")):
        if address.endswith(".min.js"):
            continue
        for named in loads.findall(client.get(address).text):
            loaded = urljoin(address, "".join(named))
            assert version[0] in loaded, f"{address} loads {loaded}"
            assert client.get(loaded).status_code == 200, f"{address} loads {loaded}"
            seen += 1
    assert seen > 20


def test_who_is_changing_the_files_has_them_served_as_they_lie_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = make_app(tmp_path)
    assert shared(app) == "/static/core/shared.css"
    answer = app.test_client().get("/static/core/shared.css")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert '@import "base.css";' in answer.text
    answer.close()


def phone_letters() -> set[str]:
    """What the phone's fonts hold, by fonts.css; both weights must hold the same."""
    sheet = (ROOT / "core" / "static" / "core" / "fonts.css").read_text()
    (ranges,) = {face[1] for face in re.finditer(r'"Be Vietnam Pro Phone";[^}]*unicode-range: ([^;]+);', sheet)}
    spans = [part.removeprefix("U+").split("-") for part in ranges.split(", ")]
    return {chr(code) for span in spans for code in range(int(span[0], 16), int(span[-1], 16) + 1)}


def test_the_phones_small_fonts_hold_all_that_a_booking_shows_in_vietnamese() -> None:
    wanted = {"procedures": "".join("".join(row) for row in csv.reader((ROOT / "office" / "data" / "procedures.csv").open()))}
    wanted |= {path.name: path.read_text() for path in (ROOT / "booking" / "templates" / "booking").glob("*.html")}
    wanted |= {path.name: path.read_text() for path in (ROOT / "booking").glob("*.py")}
    wanted["alphabet"] = VIETNAMESE + VIETNAMESE.upper()
    held = phone_letters()
    for place, text in wanted.items():
        assert set(text) - held - {"\n"} == set(), f"{place}: a telephone would load a large font for these"


def test_no_font_holds_up_the_words() -> None:
    faces = (ROOT / "core" / "static" / "core" / "fonts.css").read_text().split("@font-face")[1:]
    assert faces
    assert all("font-display: swap;" in face for face in faces)
