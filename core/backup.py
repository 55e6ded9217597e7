"""Keeping the data: one file that holds everything, written and read back while the server runs.

The file is a ZIP with the database (a SQLite file, or pg_dump's custom format), the secret key that signs sessions, the files a
ward has put in itself (its recorded voice), and a manifest. It holds personal data: it is made readable by its owner only.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url, text

from core.config import Config
from core.database import Database

MANIFEST, SECRET = "manifest.json", "secret_key"
FORMAT = 1
BACKUPS = "backups"
"""Where the nightly ones lie (deploy/dung-gio-backup.service), in DATA_DIR."""
OWN_FILES = ("voice",)
"""Folders of DATA_DIR that hold what people put in. The rest can be made anew, or is gone with its day."""


class BackupError(Exception):
    """The backup cannot be made or read; the message is one sentence for the technician."""


def write(config: Config, target: Path, now: datetime) -> None:
    """Write a backup of the database as it is at one moment to `target`, which must not exist yet."""
    if target.exists():
        raise BackupError(f"{target} is there already; name another file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / _database_name(config)
        _dump_sqlite(config, dump) if _is_sqlite(config) else _dump_postgresql(config, dump)
        packed = Path(folder) / "backup.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(dump, dump.name)
            archive.writestr(SECRET, config.secret_key)
            for path in _own_files(config):
                archive.write(path, path.relative_to(config.data_dir))
            archive.writestr(MANIFEST, json.dumps({"format": FORMAT, "made_at": now.isoformat(), "database": dump.name}))
        packed.chmod(0o600)
        with packed.open("rb") as file:
            os.fsync(file.fileno())
        packed.rename(target)


def check(config: Config, source: Path) -> str:
    """Read the whole of a backup as a restore would, and change nothing; gives when it was made and how large its database is.

    Raises BackupError. It proves that the file can be read, not that it holds what you think: restore it somewhere now and then.
    """
    with tempfile.TemporaryDirectory(dir=source.parent) as folder:
        dump = _unpacked(config, source, Path(folder))
        if _is_sqlite(config):
            with closing(sqlite3.connect(dump)) as copy:
                _must_be_whole(copy)
        else:
            _run(["pg_restore", "--file=/dev/null", str(dump)])
        with zipfile.ZipFile(source) as archive:
            made_at = json.loads(archive.read(MANIFEST))["made_at"]
        return f"made {made_at}, {dump.stat().st_size / 1e6:.1f} MB of database"


def latest(folder: Path) -> float | None:
    """When the newest backup in `folder` was written, in seconds since 1970; None where there is none."""
    return max((path.stat().st_mtime for path in folder.glob("*.backup")), default=None)


def read_back(config: Config, source: Path) -> None:
    """Put the database back to what `source` holds, all or nothing.

    Versions of boards only ever grow: every office's `seq` ends above both the old and the restored one, so that
    running screens take the restored state for new. Raises BackupError.
    """
    database = Database(config.database_url)
    try:
        before = _versions(database)
        with tempfile.TemporaryDirectory(dir=config.data_dir) as folder:
            dump = _unpacked(config, source, Path(folder))
            _load_sqlite(config, dump) if _is_sqlite(config) else _load_postgresql(config, dump)
            for path in sorted(each for name in OWN_FILES for each in (Path(folder) / name).rglob("*") if each.is_file()):
                place = config.data_dir / path.relative_to(folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(path, place)
            kept = Path(folder) / SECRET
            if not os.environ.get("SECRET_KEY"):
                kept.chmod(0o600)
                shutil.move(kept, config.data_dir / SECRET)
        database.dispose()
        with database.transaction() as session:
            for code, seq in before.items():
                session.execute(
                    text("UPDATE offices SET seq = 1 + CASE WHEN seq > :seq THEN seq ELSE :seq END WHERE code = :code"),
                    {"seq": seq, "code": code},
                )
    finally:
        database.dispose()


def _versions(database: Database) -> dict[str, int]:
    try:
        with database.reading() as session:
            return {row.code: row.seq for row in session.execute(text("SELECT code, seq FROM offices"))}
    except Exception:  # an empty database has no offices yet
        return {}


def _unpacked(config: Config, source: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = json.loads(archive.read(MANIFEST))
            if manifest["format"] != FORMAT:
                raise BackupError(f"{source} was written by a newer version; upgrade first.")
            if manifest["database"] != _database_name(config):
                raise BackupError(f"{source} holds another kind of database than DATABASE_URL names.")
            archive.extract(manifest["database"], folder)
            archive.extract(SECRET, folder)
            archive.extractall(folder, [each for each in archive.namelist() if each.partition("/")[0] in OWN_FILES])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BackupError(f"{source} is not a backup of this product.") from error
    return folder / _database_name(config)


def _is_sqlite(config: Config) -> bool:
    return config.database_url.startswith("sqlite")


def _database_name(config: Config) -> str:
    return "database.sqlite" if _is_sqlite(config) else "database.pgdump"


def _sqlite_path(config: Config) -> str:
    return config.database_url.removeprefix("sqlite:///")


def _dump_sqlite(config: Config, target: Path) -> None:
    with closing(sqlite3.connect(_sqlite_path(config))) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def _load_sqlite(config: Config, source: Path) -> None:
    """SQLite's own online copy: one transaction of the live file, which running connections see as a whole."""
    with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(_sqlite_path(config), timeout=30)) as live:
        _must_be_whole(copy)
        # The copy takes over the source's page format; WAL is what the running server expects.
        copy.execute("PRAGMA journal_mode=WAL")
        copy.backup(live)


def _must_be_whole(copy: sqlite3.Connection) -> None:
    try:
        lost = copy.execute("PRAGMA foreign_key_check").fetchone()
        whole = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok" and lost is None
    except sqlite3.DatabaseError:
        whole = False
    if not whole:
        raise BackupError("The database inside the backup is damaged.")


def _own_files(config: Config) -> list[Path]:
    return sorted(path for name in OWN_FILES for path in (config.data_dir / name).rglob("*") if path.is_file())


def _pg_address(config: Config) -> str:
    return make_url(config.database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def _dump_postgresql(config: Config, target: Path) -> None:
    _run(["pg_dump", "--format=custom", f"--file={target}", _pg_address(config)])


def _load_postgresql(config: Config, source: Path) -> None:
    options = ["--clean", "--if-exists", "--single-transaction", "--no-owner", "--exit-on-error"]
    _run(["pg_restore", *options, f"--dbname={_pg_address(config)}", str(source)])


def _run(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        raise BackupError(f"{command[0]} is not installed; it comes with the PostgreSQL client programs.")
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (our own fixed words)
    if done.returncode:
        raise BackupError(f"{command[0]} failed: {done.stderr.strip()[-300:] or done.returncode}")
