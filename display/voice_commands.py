"""`office voice`: what a technician asks of the hall's voice before an office relies on it."""

from __future__ import annotations

from pathlib import Path

import click

from core.refusals import Refusal
from core.web import reading
from display.announce import LANGUAGES, Language
from display.voice_board import Reader, needed_of, reader_of
from display.voice_espeak import CannotSpeak
from display.voice_sounds import sounds
from office import store
from office.commands import office_group


@office_group.group("voice")
def voice_group() -> None:
    """How calls are heard."""


@voice_group.command("check")
@click.argument("office_code", metavar="OFFICE")
def check(office_code: str) -> None:
    """Check the recorded clips of an office and the server's own voice. Fails when what the office chose is not whole."""
    try:
        with reading() as session:
            office = store.office_by_code(session, office_code)
            reader = reader_of(session, office)
            needed = {language: needed_of(session, office, language) for language in LANGUAGES}
    except Refusal as refusal:
        raise click.ClickException(refusal.sentence()) from refusal
    wrong = [complaint for language in LANGUAGES if (complaint := _clips(reader, language, needed[language]))]
    click.echo(f"espeak-ng: {'installed' if reader.speaks else 'not installed (apt-get install espeak-ng)'}.")
    chosen = reader.settings.voice_engine
    click.echo(f"voice_engine={chosen}.")
    if (chosen == "clips" and wrong) or (chosen == "espeak" and not reader.speaks):
        raise click.ClickException("The voice that the office chose is not whole; calls are said by the next one that is.")


def _clips(reader: Reader, language: Language, needed: tuple[str, ...]) -> str | None:
    """Say how the clips of a language are; gives what is wrong."""
    clips = reader.sets[language]
    if not clips.clips and not clips.faults:
        click.echo(f"{clips.folder}: no recorded clips.")
        return f"{clips.folder}: no recorded clips."
    complaint = clips.complaint(needed)
    click.echo(complaint or f"{clips.folder}: complete, {len(needed)} clips.")
    unknown = sorted(set(clips.clips) - set(needed))
    if unknown:
        click.echo(f"{clips.folder}: not needed by this office: {', '.join(unknown)}.")
    return complaint


@voice_group.command("say")
@click.argument("text")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(LANGUAGES), default="vi", show_default=True)
@click.option("--speed", type=click.IntRange(80, 240), default=130, show_default=True)
def say(text: str, file: Path, lang: Language, speed: int) -> None:
    """Let the server's own voice read a text into a WAV file, to listen to it."""
    try:
        sounds().speaker.speak(text, lang, speed, file)
    except CannotSpeak as error:
        raise click.ClickException(f"{file} was not made: {error}.") from error
    click.echo(f"{file}")
