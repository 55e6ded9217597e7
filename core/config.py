"""Settings of the process, read from the environment once and checked at the start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

LEAST_SECRET = 16
"""Characters: a shorter one is guessed."""


class ConfigError(Exception):
    """The environment asks for something that cannot be done. The message is one sentence for the technician."""


@dataclass(frozen=True)
class Config:
    """What the environment decided. `public_url` has no slash at its end."""

    data_dir: Path
    database_url: str
    redis_url: str | None
    workers: int
    host: str
    port: int
    secret_key: str
    public_url: str
    tz: ZoneInfo
    log_format: str
    trusted_proxies: int
    metrics_token: str = ""
    fanout: str = "library"
    painter: str = "off"


def load_config(environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration that `environ` asks for. Makes DATA_DIR, and a secret key in it when none is given.

    Raises ConfigError on nonsense, naming the variable and what it may be.
    """
    data_dir = Path(environ.get("DATA_DIR") or "var").resolve()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"DATA_DIR={data_dir} cannot be made: {error.strerror}.") from error
    port = _number(environ, "PORT", 8000, 1, 65535)
    config = Config(
        data_dir=data_dir,
        database_url=_database_url(environ, data_dir),
        redis_url=_url(environ, "REDIS_URL", ("redis", "rediss", "unix")),
        workers=_number(environ, "WEB_CONCURRENCY", 1, 1, 64),
        host=environ.get("HOST") or "127.0.0.1",
        port=port,
        secret_key=environ.get("SECRET_KEY") or _kept_secret(data_dir / "secret_key"),
        public_url=(_url(environ, "PUBLIC_URL", ("http", "https")) or f"http://localhost:{port}").rstrip("/"),
        tz=_zone(environ.get("TZ_OFFICE") or "Asia/Ho_Chi_Minh"),
        log_format=_choice(environ, "LOG_FORMAT", ("text", "json")),
        trusted_proxies=_number(environ, "TRUSTED_PROXIES", 0, 0, 10),
        metrics_token=_secret(environ, "METRICS_TOKEN"),
        fanout=_choice(environ, "FANOUT", ("direct", "library")),
        painter=_choice(environ, "PAINTER", ("auto", "on", "off")),
    )
    if config.workers > 1 and (config.database_url.startswith("sqlite") or not config.redis_url):
        raise ConfigError("WEB_CONCURRENCY above 1 needs DATABASE_URL=postgresql://... and REDIS_URL; set both or use one.")
    return config


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ConfigError(f"{name}={text} is not a whole number from {low} to {high}.")
    return int(text)


def _secret(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name) or ""
    if value and (len(value) < LEAST_SECRET or not value.isascii() or not value.isprintable() or " " in value):
        raise ConfigError(f"{name} must be at least {LEAST_SECRET} letters and digits without spaces.")
    return value


def _choice(environ: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = environ.get(name) or allowed[0]
    if value not in allowed:
        raise ConfigError(f"{name}={value} is not one of {', '.join(allowed)}.")
    return value


def _url(environ: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    value = environ.get(name)
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in schemes or not (parts.netloc or parts.path) or any(letter.isspace() for letter in value):
        raise ConfigError(f"{name} must be an address that starts with {' or '.join(s + '://' for s in schemes)}.")
    try:
        parts.port  # noqa: B018  (reading it checks it)
    except ValueError as error:
        raise ConfigError(f"{name} names a port that is not a whole number up to 65535.") from error
    return value


def _database_url(environ: Mapping[str, str], data_dir: Path) -> str:
    value = environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'dung-gio.db'}"
    if not value.startswith(("sqlite:///", "postgresql://")):
        raise ConfigError("DATABASE_URL must start with sqlite:/// or postgresql://.")
    try:
        make_url(value)
    except (ValueError, ArgumentError) as error:
        raise ConfigError("DATABASE_URL cannot be read; it looks like postgresql://user:password@host:5432/name.") from error
    return value


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError(f"TZ_OFFICE={name} is not a time zone; try Asia/Ho_Chi_Minh.") from error


def _kept_secret(path: Path) -> str:
    """The secret in `path`, made there on the first start, readable by its owner only; two starts at once agree on one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()
