"""A spool in a process of its own, to be killed: `python -m tests.fault.spool_process DATABASE_URL FOLDER NOW`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from core.clock import SetClock
from core.database import Database
from printer.spool import Spool

if __name__ == "__main__":
    url, folder, now = sys.argv[1:]
    Spool(Database(url), SetClock(datetime.fromisoformat(now)), Path(folder)).run_once()
