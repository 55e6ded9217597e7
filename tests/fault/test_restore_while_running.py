"""A backup is put back under a server that goes on serving: nobody restarts it, and it shows what the backup held."""

from __future__ import annotations

from pathlib import Path

import httpx

from core.database import Database
from tests import builders, running


def test_a_running_server_goes_on_with_what_the_backup_holds(database: Database, database_url: str, tmp_path: Path) -> None:
    with database.transaction() as session:
        kiosk = builders.bearer(builders.make_device(session, builders.make_office(session, services="A")))
    environ = {"DATABASE_URL": database_url, "SECRET_KEY": "only-for-tests"}
    kept = str(tmp_path / "kept.backup")
    with running.server(tmp_path, **environ) as server, httpx.Client(base_url=f"{server.url}/api/v1/offices/00070") as client:

        def take() -> tuple[str, str]:
            answer = client.post("/tickets", json={"service": "A"}, headers=kiosk)
            assert answer.status_code == 201, answer.text
            return answer.json()["number"], answer.json()["token"]

        first = take()
        running.office_command(tmp_path, "backup", kept, **environ)
        lost = take()
        assert client.get("/board").json()["waiting"] == 2
        seen = client.get("/board").json()["version"]
        running.office_command(tmp_path, "restore", "--yes", kept, **environ)
        board = client.get("/board").json()
        assert (board["waiting"], board["version"] > seen) == (1, True)
        assert httpx.get(f"{server.url}/api/v1/tickets/{first[1]}").json()["number"] == "A001"
        assert httpx.get(f"{server.url}/api/v1/tickets/{lost[1]}").status_code == 404
        assert take()[0] == "A002"
