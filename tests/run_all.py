"""`make test`: every check, one after the other, then one table and one plain list of what was not run.

The last line is pytest's own closing line. The exit code is not 0 when a check failed, or, with CI=true, when anything
was not run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests import servers

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
REPORT = ROOT / "var" / "tests.xml"
AXE = ROOT / ".venv" / "axe"
ON_CI = os.environ.get("CI") == "true"

DEBIAN_PACKAGES = {
    "chromium": "chromium",
    "zbarimg": "zbar-tools",
    "redis-server": "redis-server",
    "npm": "npm",
    "espeak-ng": "espeak-ng",
    "nginx": "nginx",
    "caddy": "caddy",
}
QUICKER_CHROMIUM = "chromium-headless-shell"
"""A package of its own in Debian, and not everywhere: without it the tests take the other Chromium."""

HANGS_S = 300
"""A single test that takes longer than this hangs: its stacks are printed and the run ends."""

MOST_PROCESSES = 4


@dataclass
class Row:
    """One line of the table. `result` is "ok", "FAILED" or "not run"."""

    check: str
    result: str
    seconds: float
    remark: str = ""


@dataclass
class Report:
    rows: list[Row] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    closing_line: str = ""

    def failed(self) -> bool:
        return any(row.result == "FAILED" for row in self.rows) or (ON_CI and bool(self.not_run))


def main() -> int:
    os.chdir(ROOT)
    REPORT.parent.mkdir(exist_ok=True)
    report = Report()
    install_debian_packages()
    install_axe()
    for check, command in (
        ("ruff", [str(BIN / "ruff"), "check", "--quiet", "."]),
        ("mypy --strict", [str(BIN / "mypy")]),
        ("import contracts", [str(BIN / "lint-imports"), "--config", "setup.cfg"]),
    ):
        run_check(report, check, command)
    run_pytest(report, sys.argv[1:])
    print_report(report)
    return 1 if report.failed() else 0


def install_debian_packages() -> None:
    """Install what is missing where we may; what stays missing is reported by the tests that need it."""
    missing = [package for program, package in DEBIAN_PACKAGES.items() if shutil.which(program) is None]
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) and shutil.which("initdb") is None:
        missing.append("postgresql")
    quicker = [] if shutil.which(QUICKER_CHROMIUM) else [QUICKER_CHROMIUM]
    if not missing + quicker or shutil.which("apt-get") is None:
        return
    may = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if may and (shutil.which("sudo") is None or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode):
        print(f"Not root: cannot install {' '.join(missing + quicker)}.", flush=True)
        return
    print(f"Installing {' '.join(missing + quicker)} ...", flush=True)
    apt = [*may, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o=Dpkg::Use-Pty=0"]
    subprocess.run([*apt, "update"], stdout=subprocess.DEVNULL)
    for packages in filter(None, (missing, quicker)):
        subprocess.run([*apt, "install", "--yes", "--no-install-recommends", *packages], stdout=subprocess.DEVNULL)


def install_axe() -> None:
    """Install the pinned axe-core of tests/browser/package.json, unless that very version is there."""
    wanted = (ROOT / "tests" / "browser" / "package.json").read_text()
    stamp = AXE / "package.json"
    if shutil.which("npm") is None or (stamp.exists() and stamp.read_text() == wanted):
        return
    AXE.mkdir(parents=True, exist_ok=True)
    options = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"]
    stamp.write_text(wanted)
    if subprocess.run(["npm", "install", *options], cwd=AXE, stdout=subprocess.DEVNULL).returncode:
        stamp.unlink()


def run_check(report: Report, check: str, command: list[str]) -> None:
    """Run one checker; its output is shown only when it fails."""
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.monotonic() - started
    if done.returncode:
        print(f"--- {check} ---\n{done.stdout}{done.stderr}", flush=True)
    report.rows.append(Row(check, "FAILED" if done.returncode else "ok", seconds))


def run_pytest(report: Report, arguments: list[str]) -> None:
    """Run every test in as many processes as there are processors, shown as it goes; then one row for each folder of tests."""
    REPORT.unlink(missing_ok=True)
    started = time.monotonic()
    hangs = [f"--override-ini=faulthandler_timeout={HANGS_S}", "--override-ini=faulthandler_exit_on_timeout=true"]
    processes = min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    shared = ["-n", str(processes if processes > 1 else 0), "--dist=worksteal", "--max-worker-restart=0"]
    command = [sys.executable, "-m", "pytest", f"--junit-xml={REPORT}", "--durations=10", *shared, *hangs, *arguments]
    servers.work_in_memory()
    with tempfile.TemporaryDirectory(prefix="dung-gio-tests-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL comes through here as a user of its own
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"TMPDIR": folder}) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                report.closing_line = line.strip() or report.closing_line
    if not REPORT.exists():
        remark = f"pytest did not finish: code {process.returncode}"
        report.rows.append(Row("tests", "FAILED", time.monotonic() - started, remark))
        return
    read_pytest_report(report)
    if process.returncode and not any(row.result == "FAILED" for row in report.rows if row.check.startswith("tests")):
        report.rows.append(Row("tests", "FAILED", time.monotonic() - started, f"pytest ended with code {process.returncode}"))


def read_pytest_report(report: Report) -> None:
    """The seconds of a folder are the sum over its tests, wherever they ran."""
    seconds: Counter[str] = Counter()
    outcomes: dict[str, Counter[str]] = {}
    for case in ET.parse(REPORT).iter("testcase"):
        module = case.get("classname", "")
        part = module.split(".")[1] if module.count(".") > 1 else "tests"
        skipped, bad = case.find("skipped"), case.find("failure") is not None or case.find("error") is not None
        outcome = "failed" if bad else "passed" if skipped is None else "not run"
        outcomes.setdefault(part, Counter())[outcome] += 1
        seconds[part] += float(case.get("time", 0))  # type: ignore[assignment]  # typeshed: Counter counts whole numbers
        if skipped is not None:
            name, why = case.get("name", ""), skipped.get("message", "").removeprefix("not run: ")
            report.not_run.append(f"{module} {name}: {why}")
    for part, counts in sorted(outcomes.items()):
        result = "FAILED" if counts["failed"] else "ok" if counts["passed"] else "not run"
        remark = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        report.rows.append(Row(f"tests: {part}", result, seconds[part], remark))


def print_report(report: Report) -> None:
    print(f"\n{'check':<24}{'result':<10}{'time':>8}")
    for row in report.rows:
        print(f"{row.check:<24}{row.result:<10}{row.seconds:>6.1f} s  {row.remark}".rstrip())
    print("\nNot run:" + ("".join(f"\n  {line}" for line in report.not_run) or " nothing"))
    if ON_CI and report.not_run:
        print("CI=true: what is not run counts as failed.")
    print(report.closing_line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
