"""An OpenID Connect provider on a port of this machine, made of authlib's server parts.

It checks what a provider checks: client and secret, redirect address, nonce, PKCE, one use of a
code. Whoever comes is signed in as ``person`` without being asked.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "qa-bot", "a secret of the client"


class Payload(OAuth2Payload):
    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    @property
    def data(self) -> dict[str, str]:
        return dict(self._pairs)

    @property
    def datalist(self) -> dict[str, list[str]]:
        return {key: [v for k, v in self._pairs if k == key] for key, _ in self._pairs}


class Asked(OAuth2Request):
    def __init__(self, request: Request, body: str) -> None:
        super().__init__(request.method, str(request.url), headers=request.headers)
        self._form = parse_qsl(body)
        self._query = parse_qsl(request.url.query)
        self.payload = Payload([*self._query, *self._form])

    @property
    def args(self) -> dict[str, str]:
        return dict(self._query)

    @property
    def form(self) -> dict[str, str]:
        return dict(self._form)


class Client(ClientMixin):
    """The one client that is registered."""

    def __init__(self, back: str) -> None:
        self.back = back

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.back

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.back

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(SimpleNamespace):
    """An authorisation code that was given out."""

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Provider(AuthorizationServer):
    """See above. ``person`` holds the claims; ``spoil`` changes them before they are signed."""

    def __init__(self, back: str) -> None:
        super().__init__()
        self.client = Client(back)
        self.person: dict[str, Any] = {"sub": "1", "preferred_username": "ada", "groups": []}
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.signing_key = self.key
        self.audience = CLIENT
        self.issuer = ""
        self.codes: dict[str, Code] = {}
        self.nonce: str | None = None  # in place of the one that was sent
        self.exchanged = 0
        provider = self

        class CodeGrant(AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

            def save_authorization_code(self, code: str, request: Asked) -> None:
                said = request.payload.data
                provider.codes[code] = Code(
                    code=code,
                    redirect_uri=said["redirect_uri"],
                    scope=said["scope"],
                    nonce=provider.nonce or said.get("nonce"),
                    code_challenge=said.get("code_challenge"),
                    code_challenge_method=said.get("code_challenge_method"),
                )

            def query_authorization_code(self, code: str, client: Client) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                del provider.codes[authorization_code.code]

            def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
                return provider.person

        class Tokens(OpenIDCode):
            def exists_nonce(self, nonce: str, request: Asked) -> bool:
                return any(code.nonce == nonce for code in provider.codes.values())

            def resolve_client_private_key(self, client: Client) -> RSAKey:
                return provider.signing_key

            def get_client_algorithm(self, client: Client) -> str:
                return "RS256"

            def get_encode_header(self, client: Client) -> dict[str, str]:
                return {"alg": "RS256", "kid": "one"}

            def get_client_claims(self, client: Client) -> dict[str, Any]:
                return {"iss": provider.issuer}

            def get_audiences(self, request: Asked) -> list[str]:
                return [provider.audience]

            def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
                return UserInfo(user)

        self.register_grant(CodeGrant, [Tokens(require_nonce=True), CodeChallenge(required=True)])
        self.register_token_generator(
            "default", BearerTokenGenerator(lambda *args, **kwargs: "an access token")
        )

    def query_client(self, client_id: str) -> Client | None:
        return self.client if client_id == CLIENT else None

    def save_token(self, token: Any, request: Any) -> None:
        self.exchanged += 1

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        pass

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        text = json.dumps(body) if isinstance(body, dict) else body
        return Response(text, status, dict(headers))

    def app(self) -> Starlette:
        async def about(request: Request) -> Response:
            return JSONResponse(
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
            )

        async def keys(request: Request) -> Response:
            return JSONResponse({"keys": [self.key.as_dict(private=False)]})

        async def authorize(request: Request) -> Response:
            asked = Asked(request, "")
            grant = self.get_consent_grant(asked, self.person)
            return self.create_authorization_response(asked, self.person, grant)

        async def token(request: Request) -> Response:
            asked = Asked(request, (await request.body()).decode())
            return self.create_token_response(asked)

        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", about),
                Route("/keys", keys),
                Route("/authorize", authorize),
                Route("/token", token, methods=["POST"]),
            ]
        )


@contextmanager
def running(back: str) -> Iterator[Provider]:
    """The provider, serving until the end of the block; ``back`` is where it sends people."""
    provider = Provider(back)
    config = uvicorn.Config(provider.app(), port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    provider.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(10)
