"""What the environment may say, and what is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import ConfigError, load_config


def test_without_settings_one_small_pc_is_configured(tmp_path: Path) -> None:
    config = load_config({"DATA_DIR": str(tmp_path)})
    assert (config.port, config.workers, config.host) == (8000, 1, "127.0.0.1")
    assert config.database_url == f"sqlite:///{tmp_path / 'dung-gio.db'}"
    assert config.public_url == "http://localhost:8000"
    assert str(config.tz) == "Asia/Ho_Chi_Minh"


def test_the_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = load_config({"DATA_DIR": str(tmp_path)}).secret_key
    assert len(first) == 64
    assert load_config({"DATA_DIR": str(tmp_path)}).secret_key == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("PORT", "http", "PORT"),
        ("PORT", "0", "PORT"),
        ("PORT", "65536", "PORT"),
        ("PORT", "८०", "PORT"),
        ("WEB_CONCURRENCY", "-1", "WEB_CONCURRENCY"),
        ("WEB_CONCURRENCY", "two", "WEB_CONCURRENCY"),
        ("TZ_OFFICE", "Hanoi", "TZ_OFFICE"),
        ("TZ_OFFICE", "../../etc/passwd", "TZ_OFFICE"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT"),
        ("METRICS_TOKEN", "short", "METRICS_TOKEN"),
        ("METRICS_TOKEN", "long enough, with spaces", "METRICS_TOKEN"),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL"),
        ("REDIS_URL", "localhost", "REDIS_URL"),
        ("DATABASE_URL", "postgresql://u@host:one/x", "DATABASE_URL"),
        ("REDIS_URL", "redis://host:99999", "REDIS_URL"),
        ("PUBLIC_URL", "dung-gio.example", "PUBLIC_URL"),
        ("PUBLIC_URL", "https://dung gio.example", "PUBLIC_URL"),
        ("PUBLIC_URL", "https://dung-gio.example:port", "PUBLIC_URL"),
        ("DATA_DIR", "/proc/nowhere/at/all", "DATA_DIR"),
    ],
)
def test_nonsense_is_refused_and_the_variable_named(tmp_path: Path, variable: str, value: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        load_config({"DATA_DIR": str(tmp_path), variable: value})


@pytest.mark.parametrize("extra", [{}, {"REDIS_URL": "redis://localhost"}, {"DATABASE_URL": "postgresql://localhost/x"}])
def test_several_workers_need_postgresql_and_redis(tmp_path: Path, extra: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="WEB_CONCURRENCY above 1 needs"):
        load_config({"DATA_DIR": str(tmp_path), "WEB_CONCURRENCY": "2"} | extra)


def test_several_workers_are_allowed_with_both(tmp_path: Path) -> None:
    environ = {"REDIS_URL": "redis://localhost", "DATABASE_URL": "postgresql://localhost/x", "WEB_CONCURRENCY": "2"}
    assert load_config({"DATA_DIR": str(tmp_path)} | environ).workers == 2
