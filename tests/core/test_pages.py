"""What all pages share."""

from __future__ import annotations

from pathlib import Path

import wsgi
from core.clock import SetClock
from core.config import load_config
from tests.servers import free_port


def test_strangers_are_served_while_redis_is_away(sqlite_url: str, tmp_path: Path, clock: SetClock) -> None:
    environ = {"DATA_DIR": str(tmp_path), "DATABASE_URL": sqlite_url, "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    app = wsgi.create_app(load_config(environ), clock)
    client = app.test_client()
    assert [client.get("/").status_code for _visit in range(2)] == [200, 200]
    ready = client.get("/readyz")
    well = {"database": "ok", "spool": "ok", "outbox": "ok"}
    assert (ready.status_code, ready.json) == (200, well | {"status": "degraded", "redis": "no answer"})
    app.extensions["dung-gio"].database.dispose()
