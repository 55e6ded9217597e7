"""Work that several hands share."""

from __future__ import annotations

import threading

from core.turns import Turns


class Hands:
    """So many hands on the same work; what they did, and what two of them had at once."""

    def __init__(self, how_many: int) -> None:
        self.turns: Turns[int] = Turns()
        self.ended, self.helps = threading.Event(), True
        self.done: list[tuple[str, int]] = []
        self.in_hand: set[str] = set()
        self.doubly: list[str] = []
        self.holds, self.let_go = threading.Event(), threading.Event()
        self.let_go.set()
        self.threads = [threading.Thread(target=self.turns.work, args=(self._do, self.ended))]
        for _helper in range(how_many - 1):
            self.threads.append(threading.Thread(target=self.turns.work, args=(self._do, self.ended, lambda: self.helps)))
        for thread in self.threads:
            thread.start()

    def _do(self, name: str, piece: int) -> None:
        if name in self.in_hand:
            self.doubly.append(name)
        self.in_hand.add(name)
        self.holds.set()
        self.let_go.wait(20)
        self.in_hand.discard(name)
        self.done.append((name, piece))

    def put(self, name: str, piece: int) -> None:
        self.turns.waiting[name] = piece
        self.turns.wake()

    def end(self) -> None:
        while self.turns.waiting or self.in_hand:
            self.ended.wait(0.01)
        self.ended.set()
        self.turns.wake()
        for thread in self.threads:
            thread.join(20)
            assert not thread.is_alive()


def test_each_piece_is_in_one_hand_at_a_time_and_what_comes_again_meanwhile_is_done_again() -> None:
    hands = Hands(4)
    for number in range(400):
        hands.put(f"office {number % 7}", number)
    hands.end()
    assert hands.doubly == []
    last = dict(hands.done)
    assert last == {f"office {number % 7}": number for number in range(393, 400)}


def test_a_piece_that_comes_again_while_a_helper_has_it_is_done_though_nobody_helps_any_more() -> None:
    hands = Hands(2)
    hands.let_go.clear()
    hands.put("first", 1)
    hands.put("second", 1)
    while len(hands.in_hand) < 2:
        hands.ended.wait(0.01)
    hands.helps = False
    for name in ("first", "second"):
        hands.put(name, 2)
    hands.let_go.set()
    hands.end()
    assert sorted(hands.done) == [("first", 1), ("first", 2), ("second", 1), ("second", 2)]


def test_what_is_asked_for_again_before_its_turn_is_done_once() -> None:
    hands = Hands(1)
    hands.let_go.clear()
    hands.put("first", 1)
    hands.holds.wait(20)
    hands.put("second", 1)
    hands.put("second", 2)
    hands.let_go.set()
    hands.end()
    assert hands.done == [("first", 1), ("second", 2)]
