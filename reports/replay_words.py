"""What replays found, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.i18n import gettext as _
from reports.replay_rules import Findings, Pair, Tried
from reports.words import decimal, hour_words


@dataclass(frozen=True)
class Said:
    """Sentences by what they say, and a row of the table for everything that was tried."""

    shorter: list[str]
    longer: list[str]
    same: list[str]
    unclear: list[str]
    rows: list[tuple[str, str, str, str, str]]


def said(found: Findings, services: Mapping[str, str]) -> Said:
    """What a head reads; `services` are names by id."""

    def named(each: Tried) -> str:
        return what(found, each, services.get(each.service, each.service))

    by_verdict = {
        name: [each for each in found.tried if each.verdict == name] for name in ("shorter", "longer", "same", "unclear")
    }
    by_gain = sorted(by_verdict["shorter"], key=lambda each: each.longest[1] - each.longest[0])
    return Said(
        [_with_figures(named(each), each) for each in by_gain],
        [_with_figures(named(each), each) for each in by_verdict["longer"]],
        [_("%(what)s: không thay đổi.", what=named(each)) for each in by_verdict["same"]],
        [named(each) for each in by_verdict["unclear"]],
        [_row(named(each), each) for each in found.tried],
    )


def what(found: Findings, tried: Tried, service: str = "") -> str:
    """What was tried; `service` is the name of the service that a counter was given."""
    if tried.kind == "skill":
        return _("Quầy %(number)s nhận thêm dịch vụ “%(service)s”", number=tried.value, service=service)
    if tried.kind == "more":
        return _("Thêm một quầy lúc %(hours)s", hours=hour_words(tried.value))
    if tried.kind == "fewer":
        return _("Bớt một quầy lúc %(hours)s", hours=hour_words(tried.value))
    if tried.kind == "late":
        return _("Nhận người đặt hẹn đến muộn tới %(new)s phút thay vì %(now)s phút", new=tried.value, now=found.late)
    return _("Gọi người đặt hẹn sớm tới %(new)s phút thay vì %(now)s phút", new=tried.value, now=found.lead)


def change(pair: Pair) -> str:
    """Whole minutes: "41 → 18", or "41" where they are the same."""
    before, after = (decimal(round(minutes)) for minutes in pair)
    return before if before == after else f"{before} → {after}"


def verdict_words(tried: Tried) -> str:
    """The verdict in the table."""
    return {
        "shorter": _("ngắn hơn"), "longer": _("lâu hơn"), "same": _("không thay đổi"), "unclear": _("chưa rõ"),
    }[tried.verdict]  # fmt: skip


def _with_figures(named: str, tried: Tried) -> str:
    return _(
        "%(what)s: người chờ lâu nhất %(longest)s phút; 9 trong 10 người chờ không quá %(p90)s phút.",
        what=named, longest=change(tried.longest), p90=change(tried.p90),
    )  # fmt: skip


def _row(named: str, tried: Tried) -> tuple[str, str, str, str, str]:
    return named, change(tried.longest), change(tried.p90), decimal(tried.days), verdict_words(tried)
