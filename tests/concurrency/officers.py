"""An officer who calls one person after the other, as the console does: who gets no answer asks again with the same key."""

from __future__ import annotations

import threading
import time
import uuid

import httpx


class Officer(threading.Thread):
    """`start` it, and set `enough` to let it end. `called` are the numbers, `refused` what was answered else."""

    def __init__(self, url: str, token: dict[str, str]) -> None:
        super().__init__()
        self._url, self._token = url, token
        self.refused: list[str] = []
        self.called: list[str] = []
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.is_set():
            self._press(str(uuid.uuid4()))
            self.enough.wait(0.3)  # a board holds the last twelve: who is away for a second misses none of them

    def _press(self, key: str) -> None:
        for _try in range(60):
            try:
                answer = httpx.post(self._url, json={}, headers=self._token | {"Idempotency-Key": key}, timeout=30)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in (502, 503, 504):
                break
            time.sleep(0.1)
        if answer is None or answer.status_code != 200:
            self.refused.append("no answer" if answer is None else answer.text)
        else:
            self.called.append(answer.json()["ticket"]["number"])
