"""Reading QR codes as a scanner does: from the picture, with zbar."""

from __future__ import annotations

import shutil
import subprocess

from tests import servers


def read(picture: bytes) -> str:
    """The text of the one QR code on a PNG. Fails when there is none or more than one."""
    if shutil.which("zbarimg") is None:
        servers.not_run("zbarimg is not installed (apt-get install zbar-tools)")
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-"]
    done = subprocess.run(command, input=picture, capture_output=True)
    (text,) = done.stdout.decode().splitlines()
    return text
