"""Which sockets are in which rooms: by namespace, office and key, and the other way round."""

from __future__ import annotations

from collections.abc import Iterable

Place = tuple[str, str]
"""A namespace and an office: the rooms that one change concerns."""


class Rooms:
    """Entering and leaving cost the same however many are there."""

    def __init__(self) -> None:
        self._rooms: dict[Place, dict[str, set[str]]] = {}
        self._entered: dict[tuple[str, str], dict[str, str]] = {}
        self._present: dict[str, int] = {}

    def enter(self, namespace: str, office: str, key: str, sid: str) -> None:
        """Let a socket into the room `key` of an office."""
        self._rooms.setdefault((namespace, office), {}).setdefault(key, set()).add(sid)
        if (namespace, sid) not in self._entered:
            self._entered[namespace, sid] = {}
            self._present[namespace] = self.sockets_in(namespace) + 1
        self._entered[namespace, sid][key] = office

    def leave(self, namespace: str, sid: str) -> None:
        """Take a socket out of every room of the namespace."""
        entered = self._entered.pop((namespace, sid), None)
        if entered is None:
            return
        self._present[namespace] -= 1
        for key, office in entered.items():
            rooms = self._rooms[namespace, office]
            rooms[key].discard(sid)
            if not rooms[key]:
                del rooms[key]
            if not rooms:
                del self._rooms[namespace, office]

    def keys(self, place: Place) -> list[str]:
        """The rooms of an office that somebody is in."""
        return list(self._rooms.get(place, ()))

    def sockets(self, place: Place, key: str) -> Iterable[str]:
        """Who is in a room now."""
        return tuple(self._rooms.get(place, {}).get(key, ()))

    def sockets_in(self, namespace: str) -> int:
        """How many sockets are in rooms of the namespace."""
        return self._present.get(namespace, 0)

    def how_many(self, namespace: str, sid: str) -> int:
        """In how many rooms a socket is."""
        return len(self._entered.get((namespace, sid), ()))

    def offices(self, namespace: str, sid: str) -> set[str]:
        """The offices whose rooms a socket is in."""
        return set(self._entered.get((namespace, sid), {}).values())
