"""What a process that makes a thousand applications may leave out: nothing here changes what an application does."""

from __future__ import annotations

import functools
import gc
import ssl
from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from httpx._transports import default
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from core import fanout


def collect_garbage_seldom() -> None:
    """Thousands of objects of imported modules are looked through at every collection: a tenth of all work otherwise."""
    gc.set_threshold(100_000, 20, 50)


def compile_addresses_once() -> None:
    """Werkzeug compiles a pattern and two functions for every address of every application: 34 of the 37 ms it takes.

    They depend on nothing but the address and how the application reads its parts, which is the same for each of ours.
    """
    compile_now: Callable[[Rule], None] = Rule.compile
    compiled: dict[tuple[Any, ...], Rule] = {}

    def compile_rule(rule: Rule) -> None:
        assert rule.map is not None
        read_by = (rule.map.host_matching, *rule.map.converters.items())
        values = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.host, rule.subdomain, rule.merge_slashes, values, read_by)
        first = compiled.setdefault(key, rule)
        if first is rule:
            compile_now(rule)
        rule._parts, rule._trace, rule._converters = first._parts, first._trace, first._converters
        rule.arguments = set(first.arguments)
        rule._build, rule._build_unknown = (
            built.__func__.__get__(rule, None)  # type: ignore[attr-defined]
            for built in (first._build, first._build_unknown)
        )

    Rule.compile = compile_rule  # type: ignore[assignment,method-assign]


def read_certificates_once() -> None:
    """Each client of httpx would read the world's certificates anew: 22 ms of work for an address that begins with http:."""
    read: Callable[..., ssl.SSLContext] = functools.cache(default.create_ssl_context)
    default.create_ssl_context = read


def look_for_versions_once() -> None:
    """Each application looks through four installed packages for theirs: 2 of the 8 ms that are left."""
    fanout.version = functools.cache(fanout.version)


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


STATEMENTS = 5000
"""More than the product has: nothing is compiled twice."""


def compile_statements_once() -> None:
    """Each engine would compile each of its statements again: on a fresh database nearly every statement is the first.

    SQLAlchemy keeps what it compiled with the engine and finds it by the dialect: two of one kind are the same one here.
    """
    compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS)
    Engine._compiled_cache = property(lambda _engine: compiled, lambda _engine, _own: None)  # type: ignore[assignment]
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
