"""The print agent's line to the server: it asks, the server answers. Nothing listens here, so it works behind any router."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO, Any

from printer.outcome import Condition, Outcome

PATIENCE_S = 15.0
"""How long an answer may take beyond what the question was to be held open."""

LARGEST_ANSWER = 1_000_000


class LinkDown(Exception):
    """The server did not answer, or answered that it cannot now: ask again later."""


class TokenRefused(Exception):
    """The server knows no such agent: the token is wrong or was revoked."""


class Declined(Exception):
    """The server says no, in a sentence: the office has no such printer, there is no such job."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Lease:
    """A job to print: `slip` drawn at `width` dots, its first byte within `within_s` seconds."""

    job: int
    mark: str
    slip: dict[str, Any]
    width: int
    within_s: float


class Link:
    """Calls of `printer.agent_api`, with the agent's token. Raises `LinkDown`, `TokenRefused` and `Declined`."""

    def __init__(self, server: str, token: str, agent: str, printer: str | None = None) -> None:
        self._base = f"{server.rstrip('/')}/api/v1/agent"
        self._token = token
        self._asking: dict[str, Any] = {"agent": agent} | ({"printer": printer} if printer else {})
        self._opener = urllib.request.build_opener(_NoRedirect())

    def lease(self, begun: list[str], wait: float) -> Lease | None:
        """The next job; None when none came within `wait` seconds."""
        answer = self._post("lease", self._asking | {"begun": begun, "wait": wait}, wait + PATIENCE_S)
        if answer is None:
            return None
        try:
            return Lease(
                int(answer["job"]),
                str(answer["mark"]),
                dict(answer["slip"]),
                int(answer["width"]),
                float(answer["within_s"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise LinkDown(f"an answer that is none: {error!r}") from error

    def tell_state(self, condition: Condition) -> None:
        """How the printer is."""
        self._post("state", self._asking | {"state": condition.state, "detail": condition.detail[:200]}, PATIENCE_S)

    def tell_result(self, job: int, mark: str, outcome: Outcome) -> None:
        """What became of a job."""
        body = asdict(outcome) | {"agent": self._asking["agent"], "mark": mark, "detail": outcome.detail[:200]}
        self._post(f"jobs/{job}/result", body, PATIENCE_S)

    def _post(self, path: str, body: dict[str, Any], patience: float) -> dict[str, Any] | None:
        asked = urllib.request.Request(  # noqa: S310 (http and https only: see `server_address`)
            f"{self._base}/{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", "Accept": "application/json"},
            method="POST",
        )
        try:
            with self._opener.open(asked, timeout=patience) as answer:
                text = answer.read(LARGEST_ANSWER)
                found = json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise _refusal(error) from error
        except (OSError, HTTPException, ValueError) as error:
            raise LinkDown(str(error) or type(error).__name__) from error
        if found is not None and not isinstance(found, dict):
            raise LinkDown("an answer that is no object")
        return found


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the server it was given for, and to no other."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def _refusal(error: urllib.error.HTTPError) -> Exception:
    with error:
        if error.code in (401, 403):
            return TokenRefused()
        if not 400 <= error.code < 500 or error.code == 429:
            return LinkDown(f"HTTP {error.code}")
        try:
            sentence = str(json.loads(error.read(LARGEST_ANSWER))["detail"])
        except (OSError, ValueError, KeyError, TypeError):
            return LinkDown(f"HTTP {error.code}")
    return Declined(error.code, sentence)
