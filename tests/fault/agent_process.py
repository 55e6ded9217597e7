"""A print agent in a process of its own, that kills itself at a MOMENT:
`python -m tests.fault.agent_process SERVER TOKEN LEDGER PRINTER_PORT MOMENT`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from printer import agent, network
from printer.agent_ledger import Ledger
from printer.agent_link import Link
from tests.fault.matrix import QUICK
from tests.fault.spool_process import die, half_sent, sent

MOMENTS: dict[str, tuple[type[Any], str, Callable[..., Any]]] = {
    "given": (agent.Agent, "_print", die),
    "drawn": (Ledger, "begin", die),
    "begun": (network.NetworkDevice, "deliver", die),
    "half sent": (network._Link, "send", half_sent),
    "sent": (network._Link, "send", sent),
    "acknowledged": (Ledger, "end", die),
    "kept": (Link, "tell_result", die),
    "told": (Ledger, "told", die),
}

if __name__ == "__main__":
    server, token, ledger_file, port, moment = sys.argv[1:]
    place, name, way = MOMENTS[moment]
    setattr(place, name, way)
    ledger = Ledger(Path(ledger_file))
    device = network.NetworkDevice("127.0.0.1", int(port), QUICK)
    agent.Agent(Link(server, token, ledger.agent), device, ledger, threading.Event()).run()
