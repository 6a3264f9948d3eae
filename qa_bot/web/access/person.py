"""The person behind a request."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection


@dataclass(frozen=True)
class Person:
    """Who is asking.

    Attributes:
        name: as the sign-in names them; empty without sign-in.
        groups: what they may see beyond what everybody may; None: everything, access is off.
        how: what vouches for them: "key", "token", "proxy", "oidc", "users"; empty: nothing.

    Example:
        >>> Person("ada", ("staff",)).groups
        ('staff',)
    """

    name: str = ""
    groups: tuple[str, ...] | None = None
    how: str = ""

    @property
    def signs_out(self) -> bool:
        """Whether they signed in here, and so can sign out here."""
        return self.how in ("users", "oidc", "key")


ANONYMOUS = Person(groups=())  # not signed in: sees only what has no group


def person_of(request: HTTPConnection) -> Person:
    """The person that the access middleware found for this request.

    Someone nobody has vouched for sees only documents without groups: a route that is reached
    past the middleware leaks nothing.
    """
    return getattr(request.state, "person", ANONYMOUS)
