"""Raised and lowered smaller characters of PDF pages, and the lines that they lean on."""

from __future__ import annotations

from itertools import pairwise

from qa_bot.corpus.loaders.pdf.words import BY_SPACE, RAISED, SMALL, Line, Word, line_of


def with_raised(lines: list[Line]) -> list[Line]:
    """Put raised and lowered smaller words into the lines they lean on."""
    for line in lines:
        for run in _runs(line):
            usual = line_of(run)  # the rest of the row may be another column's
            for word in run:
                away = word.base - usual.base
                if word.size <= SMALL * usual.size and abs(away) >= RAISED * usual.size:
                    word.raised = 1 if away > 0 else -1
    gone: set[int] = set()
    for at, line in enumerate(lines):
        near = [n for n in range(max(0, at - 4), min(len(lines), at + 5)) if n not in gone | {at}]
        stay: list[Word] = []
        for run in _runs(line):
            hosts = (lines[n] for n in near if _leans(run, lines[n]))
            if host := min(hosts, key=lambda h: abs(h.base - run[0].base), default=None):
                _insert(run, host)
            else:
                stay += run
        if not stay:
            gone.add(at)
        elif len(stay) < len(line.words):
            lines[at] = line_of(stay)
    return [line for at, line in enumerate(lines) if at not in gone]


def _runs(line: Line) -> list[list[Word]]:
    """Words of a line that stand close together."""
    runs = [[line.words[0]]]
    for before, word in pairwise(line.words):
        if word.x0 - before.x1 < line.size:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _leans(run: list[Word], host: Line) -> bool:
    """Whether small words stand against a word of a line, a little higher or lower."""
    x0, x1, base, size = run[0].x0, run[-1].x1, run[0].base, run[0].size
    return any(
        size <= SMALL * word.size
        and RAISED * word.size <= abs(base - word.base) <= 0.75 * word.size
        and x1 - x0 < 6 * word.size
        and (
            -0.3 * word.size <= x0 - word.x1 <= 0.6 * word.size
            or -0.3 * word.size <= word.x0 - x1 <= 0.8 * word.size
        )
        for word in host.words
        if not word.raised
    )


def _insert(run: list[Word], host: Line) -> None:
    """Put words into a line where they stand."""
    at = sum(word.x0 < run[0].x0 for word in host.words)
    for word in run:
        word.raised = 1 if word.base > host.base else -1
    run[0].glued = at > 0 and run[0].x0 - host.words[at - 1].x1 < BY_SPACE * host.size
    if at < len(host.words):
        host.words[at].glued = host.words[at].x0 - run[-1].x1 < BY_SPACE * host.size
    host.words[at:at] = run
    host.x0, host.x1 = min(host.x0, run[0].x0), max(host.x1, run[-1].x1)
