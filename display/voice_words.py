"""The voice of the hall in words, for who sets it up."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import gettext as _
from display.announce import Language
from display.voice_board import Reader, Said
from display.voice_clips import Fault


@dataclass(frozen=True)
class SetShown:
    """The recorded clips of one language: what they are called, how they stand, and what is wrong, a line each."""

    language: str
    folder: str
    state: str
    tone: str
    wrong: list[str]


def set_shown(reader: Reader, language: Language, needed: tuple[str, ...]) -> SetShown:
    """How the clips of a language are for this office."""
    clips, name = reader.sets[language], language_name(language)
    folder = "/".join(clips.folder.parts[-3:])
    if not clips.clips and not clips.faults:
        return SetShown(name, folder, _("chưa có bản thu"), "plain", [])
    missing = clips.missing(needed)
    wrong = [f"{clip}: {fault_words(fault)}" for clip, fault in clips.faults.items()]
    if missing:
        wrong.insert(0, _("Còn thiếu: %(names)s", names=", ".join(missing)))
    if wrong:
        return SetShown(name, folder, _("chưa đủ, chưa dùng được"), "amber", wrong)
    return SetShown(name, folder, _("đủ %(n)s bản thu", n=len(needed)), "green", [])


def language_name(language: Language) -> str:
    """Of a voice."""
    return {"vi": _("tiếng Việt"), "en": _("tiếng Anh")}[language]


def fault_words(fault: Fault) -> str:
    """What is wrong with a recording."""
    return {
        "unreadable": _("không đọc được tệp này"),
        "cut": _("tệp bị cắt ngang"),
        "length": _("dài %(seconds)s giây, không đúng một từ hay một đoạn câu", seconds=f"{fault.seconds:.1f}".replace(".", ",")),
        "silent": _("không có tiếng"),
        "large": _("tệp lớn hơn 2 MB"),
        "twice": _("có hai tệp cùng tên"),
    }[fault.kind]


def ways_of(said: Said) -> list[tuple[str, str, str]]:
    """The ways in which a sentence can be listened to now: the engine, what to play, what the button says."""
    ways = []
    if said.clips:
        ways.append(("clips", " ".join(said.clips), _("Nghe giọng đã thu")))
    if said.audio:
        ways.append(("espeak", said.audio, _("Nghe giọng máy chủ")))
    return [*ways, ("browser", "", _("Nghe giọng trình duyệt"))]
