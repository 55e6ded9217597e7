"""What a process that makes a thousand applications may leave out: nothing here changes what an application does."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


def collect_garbage_seldom() -> None:
    """Thousands of objects of imported modules are looked through at every collection: a tenth of all work otherwise."""
    gc.set_threshold(100_000, 20, 50)


def compile_addresses_once() -> None:
    """Werkzeug compiles two functions for every address of every application: 30 of the 37 ms an application takes.

    They depend on the pattern of the address only, unless it has defaults.
    """
    compile_now: Callable[[Rule, bool], Builder] = Rule._compile_builder
    compiled: dict[tuple[Any, ...], Builder] = {}

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Builder:
        if rule.defaults:
            return compile_now(rule, append_unknown)
        pattern = (*rule._trace, append_unknown)
        if pattern not in compiled:
            compiled[pattern] = compile_now(rule, append_unknown)
        return compiled[pattern]

    Rule._compile_builder = compile_builder  # type: ignore[method-assign]
