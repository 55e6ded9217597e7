"""The other processes of this server, through Redis: each tells the others of what it has changed."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import redis

log = logging.getLogger(__name__)

CHANNEL = "dung-gio:changed"
PATIENCE_S = 2.0
"""A change is committed when Redis is told of it: a Redis that does not answer must not hold up whoever made it."""
AGAIN_AFTER_S = 1.0


class Neighbours:
    """Who else serves the same offices. Without an address there is nobody."""

    def __init__(self, redis_url: str | None) -> None:
        self._url = redis_url
        self._client: Any = None

    def tell(self, office: str, only: str | None) -> None:
        """Tell them that an office has changed; what is lost they find in the database within a second."""
        if not self._url:
            return
        try:
            self._redis().publish(CHANNEL, json.dumps({"office": office, "only": only}))
        except Exception:
            log.warning("could not tell other processes of a change; they will see it within a second")

    def answers(self) -> str:
        """"ok" when Redis does; raises when it does not."""
        self._redis().ping()
        return "ok"

    def listen(self, heard: Callable[[str, str | None], None], ended: threading.Event) -> None:
        """Pass on what they tell, until `ended` is set and somebody says something once more."""
        while self._url and not ended.is_set():
            try:
                channel = self._connected().pubsub(ignore_subscribe_messages=True)  # nothing may be said for hours
                channel.subscribe(CHANNEL)
                for message in channel.listen():
                    told = json.loads(message["data"])
                    heard(told["office"], told["only"])
            except Exception:
                log.warning("no connection to Redis; versions are compared with the database meanwhile")
                time.sleep(AGAIN_AFTER_S)

    def _redis(self) -> Any:
        if self._client is None:
            self._client = self._connected(socket_timeout=PATIENCE_S)
        return self._client

    def _connected(self, **options: Any) -> Any:
        return redis.Redis.from_url(str(self._url), socket_connect_timeout=PATIENCE_S, health_check_interval=10, **options)
