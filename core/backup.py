"""Keeping the data: one file that holds everything, written and read back while the server runs.

The file is a ZIP with the database (a SQLite file, or pg_dump's custom format), the secret key that signs sessions, and a
manifest. It holds personal data: it is made readable by its owner only.
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
            archive.writestr(MANIFEST, json.dumps({"format": FORMAT, "made_at": now.isoformat(), "database": dump.name}))
        packed.chmod(0o600)
        with packed.open("rb") as file:
            os.fsync(file.fileno())
        packed.rename(target)


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
        if copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise BackupError("The database inside the backup is damaged.")
        # The copy takes over the source's page format; WAL is what the running server expects.
        copy.execute("PRAGMA journal_mode=WAL")
        copy.backup(live)


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
