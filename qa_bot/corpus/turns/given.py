"""Turns that a format states itself, and the names that the catalogue gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qa_bot.corpus.loaders import Loaded
from qa_bot.corpus.turns.labels import labels
from qa_bot.schema import Turn
from qa_bot.text.folding import plain
from qa_bot.text.names import name_of


def given(text: str, turns: Sequence[Turn], names: Mapping[str, str]) -> tuple[Turn, ...]:
    """A format's turns, their speakers called as the catalogue says.

    Where a turn's text begins with its speaker's label, the words begin behind it.

    Args:
        names: what speakers are to be called; "" for who is nobody.
    """
    meant = {plain(name): called for name, called in names.items()}
    return tuple(
        replace(
            turn,
            speaker=meant.get(plain(turn.speaker), turn.speaker),
            words=turn.words or _behind_label(text, turn),
        )
        for turn in turns
    )


def _behind_label(text: str, turn: Turn) -> int:
    """Where the words of a turn begin when its text says who speaks; 0 when it does not."""
    if not turn.speaker:
        return 0
    head = text[turn.start : min(turn.end, turn.start + 300)]
    label = next(labels(head.split("\n", 1)[0]), None)
    if label is None or name_of(label.name)[-1:] != name_of(turn.speaker)[-1:]:
        return 0
    left = text[turn.start + label.end : turn.end]
    words = turn.start + label.end + len(left) - len(left.lstrip())
    return words if words < turn.end else 0


def unknown(loaded: Loaded, names: Mapping[str, str]) -> list[str]:
    """The names of the catalogue that no label of the text and no turn of the format has."""
    if not names:
        return []
    known = {plain(turn.speaker) for turn in loaded.turns}
    known |= {plain(label.name) for label in labels(loaded.text)}
    return [name for name in names if plain(name) not in known]
