"""A refusal is an exception named for its reason: a stable code, an HTTP status, and a sentence that says what to do next."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Something the office cannot do for this person now.

    Subclass it for each reason. `code` is stable and in English for programs; `sentence()` is what a citizen reads, in
    the language of the request, and says what to do next. `details` are extra members of the problem document.
    """

    code = "refused"
    status = 409

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details

    def sentence(self) -> str:
        """The sentence for people, translated for the present request."""
        raise NotImplementedError

    def ways_out(self) -> list[tuple[str, str]]:
        """Where a person can go from here in one touch: (address, words). Empty means the first page."""
        return []


class FormRefused(Refusal):
    """What was sent cannot be used. `errors` maps a field's name to its sentence."""

    code = "invalid"
    status = 422

    def __init__(self, errors: dict[str, str], **details: Any) -> None:
        super().__init__(errors=errors, **details)
        self.errors = errors

    def sentence(self) -> str:
        return " ".join(self.errors.values())
