"""Mode "oidc": people sign in at an OpenID Connect provider (authorisation code with PKCE)."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from joserfc.errors import JoseError
from starlette.requests import HTTPConnection

from qa_bot.settings import Settings
from qa_bot.web.access.person import Person
from qa_bot.web.access.sessions import Sessions
from qa_bot.web.access.sign_in import local, root_of, sign_out_pages
from qa_bot.web.i18n import language_of, words_for
from qa_bot.web.pages import error_page

log = logging.getLogger("qa_bot.web")

NAME = "provider"
SECONDS = 10  # for the provider to answer
MAX_GROUPS = 1000
FAILURES = (OAuthError, JoseError, httpx2.HTTPError, ValueError, RuntimeError, KeyError)


class AtProvider:
    """Sends people to the provider, and takes name and groups from the claims it signs.

    State, nonce and the PKCE verifier wait in a short-lived signed cookie of the browser that
    began; they are checked by authlib, as are signature, issuer, audience and age of the token.

    Args:
        known_groups: groups that some speech names; if somebody is in more groups than a cookie
            holds, only these are kept.
    """

    signs_in = True

    def __init__(
        self, settings: Settings, sessions: Sessions, known_groups: Collection[str] = ()
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._known = frozenset(known_groups)
        self._provider = OAuth().register(
            NAME,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value() or None,
            server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": settings.oidc_scopes,
                "code_challenge_method": "S256",
                "timeout": SECONDS,
            },
        )

    def person(self, request: HTTPConnection) -> Person | None:
        said = self._sessions.read(request, "oidc")
        if said is None:
            return None
        return Person(str(said["name"]), tuple(str(group) for group in said["groups"]), "oidc")

    def routes(self) -> APIRouter:
        routes = sign_out_pages("oidc", self._sessions)

        @routes.get("/sign-in")
        async def begin(request: Request) -> Response:
            request.session.clear()
            request.session["next"] = local(request.query_params.get("next", ""))
            try:
                sent: Response = await self._provider.authorize_redirect(
                    request, self._return_to(request)
                )
            except FAILURES as error:
                return self._failed(request, error, 503)
            return sent

        @routes.get("/sign-in/return")
        async def end(request: Request) -> Response:
            there = local(str(request.session.get("next", "")))
            try:
                token = await self._provider.authorize_access_token(request)
                said = self._said(token.get("userinfo"))
            except FAILURES as error:
                return self._failed(request, error, 403)
            finally:
                request.session.clear()
            response = RedirectResponse(root_of(request) + there, 303)
            self._sessions.begin(request, response, "oidc", said)
            return response

        return routes

    def _return_to(self, request: Request) -> str:
        return f"{request.url.scheme}://{request.url.netloc}{root_of(request)}/sign-in/return"

    def _said(self, claims: dict[str, Any] | None) -> dict[str, object]:
        """Name and groups from the claims of a checked ID token.

        Raises:
            ValueError: there are none.
        """
        if not claims:
            raise ValueError("the provider sent no ID token")
        name = claims.get(self._settings.oidc_name_claim) or claims["sub"]
        found = claims.get(self._settings.oidc_groups_claim) or []
        listed = [found] if isinstance(found, str) else found
        groups = [str(group) for group in listed][:MAX_GROUPS] if isinstance(listed, list) else []
        said: dict[str, object] = {"name": str(name)[:200], "groups": groups}
        if not self._sessions.fits(said):
            said["groups"] = [group for group in groups if group in self._known]
        if not self._sessions.fits(said):
            raise ValueError("too many groups for a session")
        return said

    def _failed(self, request: Request, error: Exception, status: int) -> Response:
        log.warning("sign-in at the provider failed: %s: %s", type(error).__name__, error)
        w = words_for(language_of(request))
        text = w.sign_in_no_provider if status == 503 else w.sign_in_not_done
        return error_page(request, status, w.sign_in, text)
