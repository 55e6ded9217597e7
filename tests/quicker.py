"""What a process that makes a thousand applications may leave out: nothing here changes what an application does."""

from __future__ import annotations

import gc
from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
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

    Rule._compile_builder = compile_builder  # type: ignore[assignment,method-assign]


class Compiled(BytecodeCache):
    """What Jinja compiled of each template, for every application of this process."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Put in what is known of the bucket's template as it stands now; nothing when nothing is."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        assert bucket.code
        self._codes[bucket.key, bucket.checksum] = bucket.code


def compile_templates_once() -> None:
    """Each application would compile each of its templates again."""
    Flask.jinja_options = {"bytecode_cache": Compiled()}
