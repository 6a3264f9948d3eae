"""The first step of a question's path: the conversation, the spelling, the restrictions."""

from __future__ import annotations

from dataclasses import replace

from qa_bot.understanding.catalogue_questions import catalogue_question
from qa_bot.understanding.entities import Entities
from qa_bot.understanding.followups import complete
from qa_bot.understanding.query import Asked, Query, read_query, within
from qa_bot.understanding.question import quoted
from qa_bot.understanding.quote_attribution import words_asked_about
from qa_bot.understanding.spelling import Spelling


def understand(asked: Asked, entities: Entities, spelling: Spelling, longest: int) -> Query:
    """The self-contained question with its restrictions, and what kind of thing it asks for.

    Args:
        asked: as it came in.
        entities: the names of the speeches that the person may see.
        spelling: which words mistyped ones are.
        longest: most characters of the self-contained question.
    """
    spelt = spelling.respelled(asked.question) if asked.rewrite else asked.question
    history = asked.history if asked.rewrite else ()
    understood = complete(spelt, asked.history).question[:longest] if asked.rewrite else spelt
    about_speeches = None
    if not quoted(understood):
        about_speeches = catalogue_question(
            understood, entities, ignore=asked.ignore, within=within(asked.filters, entities)
        )
    query = read_query(
        understood,
        entities,
        asked.filters,
        ignore=asked.ignore,
        typed=(asked.question, *(earlier for earlier, _ in asked.history)),
    )
    return replace(
        query,
        understood=understood,
        asked=asked,
        attributed=words_asked_about(spelt, history),
        about_speeches=about_speeches,
    )
