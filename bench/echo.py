"""The least that can show something: what is POSTed to /say goes to every page over a websocket. `python -m bench.echo PORT`"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402  (everything below must be imported patched)
from collections.abc import Callable, Iterable  # noqa: E402
from typing import Any  # noqa: E402

from gevent.pywsgi import WSGIServer  # noqa: E402
from simple_websocket import ConnectionClosed, Server  # noqa: E402

PAGE = b"""<!doctype html><meta charset="utf-8"><title>echo</title><p id="number"></p>
<script>
new WebSocket(`ws://${location.host}/ws`).onmessage = (said) => { document.getElementById("number").textContent = said.data; };
</script>"""
sockets: set[Server] = set()


def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The page, its socket, and what is said on it."""
    if environ["PATH_INFO"] == "/ws":
        socket = Server(environ)
        sockets.add(socket)
        try:
            while True:
                socket.receive()
        except ConnectionClosed:
            sockets.discard(socket)
        return []
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    if environ["PATH_INFO"] != "/say":
        return [PAGE]
    said = environ["wsgi.input"].read().decode()
    for socket in list(sockets):
        socket.send(said)
    return [b"said"]


if __name__ == "__main__":
    WSGIServer(("127.0.0.1", int(sys.argv[1])), serve, log=None).serve_forever()
