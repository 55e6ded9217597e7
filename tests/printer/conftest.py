"""Fixtures of tests of paper; their helpers are in desk.py."""

from __future__ import annotations

from tests.printer.desk import submit

__all__ = ["submit"]
