"""The print agent as a service of systemd: started with the PC, started again when it ends, its token in no list of processes."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path

TOKEN_FILE = "/etc/dung-gio-agent.token"  # noqa: S105 (where it lies, not what it is)
SERVER, DEVICE = "https://mot-cua.example.vn", "network://192.168.1.50:9100"
"""What stands in the unit until somebody names others."""

UNIT = """\
# Đúng Giờ print agent: prints the slips of an office at a printer that the server cannot reach.
# Made by: python -m printer.agent --install-unit. The token of `office pair OFFICE agent` goes into {token_file} (mode 600);
# then: systemctl enable --now dung-gio-agent
[Unit]
Description=Dung Gio print agent
After=network-online.target
Wants=network-online.target

[Service]
DynamicUser=yes
SupplementaryGroups=lp dialout
LoadCredential=token:{token_file}
StateDirectory=dung-gio-agent
WorkingDirectory={folder}
ExecStart={command}
Restart=always
RestartSec=5
TimeoutStopSec=30
NoNewPrivileges=true
ProtectSystem=strict
ProtectHome=true
PrivateTmp=true

[Install]
WantedBy=multi-user.target
"""


def unit_text(server: str, device: str, printer: str | None, *, folder: Path, python: Path) -> str:
    """The unit for these options. In it a percent sign is doubled, as systemd wants it."""
    words = [str(python), "-m", "printer.agent", "--server", server or SERVER, "--device", device or DEVICE]
    if printer:
        words += ["--printer", printer]
    command = shlex.join(words).replace("%", "%%") + " --token-file %d/token"
    return UNIT.format(token_file=TOKEN_FILE, folder=folder, command=command)


def install_unit(options: argparse.Namespace) -> int:
    """Print the unit, or write it to the file that was named, and the token beside the others where one was given."""
    text = unit_text(
        options.server, options.device, options.printer, folder=Path(__file__).parent.parent, python=Path(sys.executable)
    )
    if options.install_unit == "-":
        sys.stdout.write(text)
        return 0
    try:
        Path(options.install_unit).write_text(text, encoding="utf-8")
        if options.token:
            _write_secret(Path(TOKEN_FILE), options.token)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stderr.write(
        f"Written. The token belongs into {TOKEN_FILE}; then: systemctl enable --now {Path(options.install_unit).stem}\n"
    )
    return 0


def _write_secret(path: Path, secret: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{secret}\n")
