"""Every route and every socket event names who may use it (house-style 18)."""

from __future__ import annotations

from typing import get_args

from flask import Flask

from core.rights import Who, requires, right_of

PUBLIC_FILES = "static"
KNOWN = set(get_args(Who))


def routes_without_right(app: Flask) -> list[str]:
    return [
        f"{rule.rule} -> {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint.rpartition(".")[2] != PUBLIC_FILES
        and not set(right_of(app.view_functions[rule.endpoint]) or ["?"]) <= KNOWN
    ]


def test_every_route_names_its_right(app: Flask) -> None:
    assert len(list(app.url_map.iter_rules())) > 20
    assert routes_without_right(app) == []


def test_a_route_without_a_right_would_be_found() -> None:
    bare = Flask("bare", static_folder=None)
    bare.add_url_rule("/open", view_func=requires("anyone")(lambda: ""), endpoint="named")
    bare.add_url_rule("/forgotten", view_func=lambda: "", endpoint="forgotten")
    bare.add_url_rule("/wrong", view_func=requires("everybody")(lambda: ""), endpoint="wrong")  # type: ignore[arg-type]
    assert routes_without_right(bare) == ["/forgotten -> forgotten", "/wrong -> wrong"]


def test_every_socket_feed_names_its_right(app: Flask) -> None:
    feeds = app.extensions["realtime"].feeds
    assert {"/board", "/line", "/ticket"} <= set(feeds)
    for feed in feeds.values():
        assert feed.requires, f"{feed.namespace} names no right"
        assert set(feed.requires) <= KNOWN


def test_no_socket_event_goes_round_the_feeds(app: Flask) -> None:
    """Only the events a Feed brings are listened to: join, disconnect, and what it `hears`."""
    handlers, feeds = app.extensions["socketio"].server.handlers, app.extensions["realtime"].feeds
    assert set(handlers) == set(feeds)
    for namespace, events in handlers.items():
        assert set(events) == {"join", "disconnect"} | set(feeds[namespace].hears)
