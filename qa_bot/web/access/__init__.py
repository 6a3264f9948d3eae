"""Who is asking, and what they may see."""

from qa_bot.web.access.person import ANONYMOUS, Person, person_of

__all__ = ["ANONYMOUS", "Person", "person_of"]
