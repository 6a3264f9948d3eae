"""Who is asking, and what they may see."""

from qa_bot.web.access.person import NOBODY, Person, person_of

__all__ = ["NOBODY", "Person", "person_of"]
