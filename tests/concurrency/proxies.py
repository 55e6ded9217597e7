"""The proxies of deploy/, run as they are shipped: only addresses, certificates and folders of the machine are put in."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests import servers

DEPLOY = servers.ROOT / "deploy"


def nginx_files(folder: Path, port: int, upstreams: Sequence[int]) -> Path:
    """`deploy/nginx.conf` in the frame of a whole configuration, listening on `port` without TLS."""
    shipped = (DEPLOY / "nginx.conf").read_text()
    shipped = re.sub(r"server \{\n    listen 80;.*?\n\}\n", "", shipped, flags=re.DOTALL)
    shipped = re.sub(r" *ssl_certificate.*\n", "", shipped).replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    shipped = shipped.replace("/var/log/nginx", str(folder)).replace("/var/cache/nginx", str(folder))
    for shown, real in zip((8001, 8002), upstreams, strict=True):
        shipped = shipped.replace(f"127.0.0.1:{shown} ", f"127.0.0.1:{real} ")
    (folder / "dung-gio.conf").write_text(shipped)
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;\n" if os.geteuid() == 0 else ""
    frame = f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
    frame += f"http {{\n{temporary}include dung-gio.conf;\n}}\n"
    (folder / "nginx.conf").write_text(frame)
    return folder / "nginx.conf"


def caddy_file(folder: Path, port: int, upstreams: Sequence[int]) -> Path:
    """`deploy/Caddyfile` on `port` without TLS."""
    shipped = (DEPLOY / "Caddyfile").read_text()
    shipped = shipped.replace("mot-cua.example.vn {", f"http://127.0.0.1:{port} {{")
    shipped = shipped.replace("127.0.0.1:8000", " ".join(f"127.0.0.1:{real}" for real in upstreams))
    (folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https off\n}\n" + shipped)
    return folder / "Caddyfile"


@contextmanager
def proxy(kind: str, folder: Path, upstreams: Sequence[int]) -> Iterator[str]:
    """Run nginx or Caddy before the servers on these ports; gives its address."""
    binary = shutil.which(kind, path=f"{os.environ['PATH']}:/usr/sbin")
    if binary is None:
        servers.not_run(f"{kind} is not installed (apt-get install {kind})")
    folder.mkdir()
    port, log = servers.free_port(), folder / "log"
    if kind == "nginx":
        command = [binary, "-p", str(folder), "-e", "stderr", "-c", str(nginx_files(folder, port, upstreams))]
    else:
        command = [binary, "run", "--adapter", "caddyfile", "--config", str(caddy_file(folder, port, upstreams))]
    homes = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with servers.child(command, log, end=signal.SIGTERM, environ=homes) as process:
        url = f"http://127.0.0.1:{port}"
        servers.wait_until(lambda: httpx.get(f"{url}/healthz").raise_for_status(), process, log)
        yield url
