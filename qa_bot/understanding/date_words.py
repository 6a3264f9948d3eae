"""The words that dates are written with, in English, French and Spanish, and counting."""

from __future__ import annotations

from datetime import date, timedelta

from qa_bot.text.folding import plain
from qa_bot.text.months import MONTHS
from qa_bot.text.names import word_set

MONTH = {plain(name): number for name, number in MONTHS.items()}
# The first and last month of a season of the north; winter ends in the next year.
SEASONS = {
    name: months
    for names, months in (
        ("spring printemps primavera", ("03", "05")),
        ("summer ete verano", ("06", "08")),
        ("autumn fall automne otono", ("09", "11")),
        ("winter hiver invierno", ("12", "02")),
    )
    for name in names.split()
}
OF = word_set("of de del du d the")
BETWEEN = word_set("between from entre de desde")
AND = word_set("and to until till through et y a au hasta")
SINCE = word_set("since depuis desde")
AFTER = word_set("after apres despues")
UNTIL = word_set("until till hasta")
BEFORE = word_set("before avant antes")
ONWARDS = word_set("onward onwards")
NAMED_TIME = word_set("last this previous current")
# Words that say when, counted from today: (unit, how many units back).
FROM_TODAY = {
    tuple(words.split()): (unit, back)
    for unit, back, texts in (
        ("year", 1, "last year|previous year|annee derniere|an dernier|ano pasado"),
        ("year", 0, "this year|current year|cette annee|este ano"),
        ("month", 1, "last month|previous month|mois dernier|mes pasado"),
        ("month", 0, "this month|current month|ce mois|este mes"),
        ("week", 1, "last week|previous week|semaine derniere|semana pasada"),
        ("week", 0, "this week|current week|cette semaine|esta semana"),
        ("day", 1, "yesterday|hier|ayer"),
    )
    for words in texts.split("|")
}
# "The last year of the war" is told of, not counted from today.
TOLD_OF = word_set("the a his her its their our my your every each")


def counted_back(today: date, unit: str, back: int) -> tuple[str, str]:
    """The first and last day, month or year of the time so many units before this one."""
    if unit == "year":
        return (str(today.year - back),) * 2
    if unit == "month":
        return (beside(f"{today:%Y-%m}", -back),) * 2
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday.isoformat(), (monday + timedelta(days=6)).isoformat()
    return ((today - timedelta(days=back)).isoformat(),) * 2


def beside(value: str, step: int) -> str:
    """The day, month or year so many steps after this one; before it, if negative."""
    if len(value) == 4:
        return str(int(value) + step)
    if len(value) == 7:
        months = int(value[:4]) * 12 + int(value[5:]) - 1 + step
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    return (date.fromisoformat(value) + timedelta(days=step)).isoformat()
