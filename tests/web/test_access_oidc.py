"""Signing in at an OpenID Connect provider that runs on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey
from provider import CLIENT, SECRET, Provider, running
from signing_in import SECRET as BOARD
from signing_in import client

DOCUMENTS = "/api/v1/documents"
BACK = "https://localhost/sign-in/return"


@dataclass
class Site:
    browser: TestClient
    provider: Provider

    def begin(self, there: str = "/speeches") -> str:
        """Goes to the sign-in; the address of the provider that it leads to."""
        reply = self.browser.get("/sign-in", params={"next": there})
        assert reply.status_code == 302, reply.text
        return str(reply.headers["location"])

    def at_provider(self, address: str) -> str:
        """What the provider sends the browser back to."""
        reply = httpx.get(address)
        assert reply.status_code == 302, reply.text
        return str(reply.headers["location"])

    def sign_in(self, there: str = "/speeches") -> Any:
        return self.browser.get(self.at_provider(self.begin(there)))

    def ids(self) -> set[str]:
        reply = self.browser.get(DOCUMENTS)
        assert reply.status_code == 200
        return {one["id"] for one in reply.json()["documents"]}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    setting = {"oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "access": "oidc"}
    folder = tmp_path_factory.mktemp("oidc")
    with (
        running(BACK) as provider,
        client(folder, oidc_issuer=provider.issuer, **setting) as browser,
    ):
        yield Site(browser, provider)


@pytest.fixture
def site(served: Site) -> Iterator[Site]:
    provider = served.provider
    kept = dict(vars(provider))
    served.browser.cookies.clear()
    yield served
    vars(provider).update({k: kept[k] for k in ("person", "signing_key", "audience", "nonce")})
    provider.issuer = kept["issuer"]


def test_name_and_groups_come_from_the_claims(site: Site) -> None:
    assert site.browser.get(DOCUMENTS).status_code == 401
    reply = site.sign_in("/speeches?q=a")
    assert (reply.status_code, reply.headers["location"]) == (303, "/speeches?q=a")
    assert BOARD.id not in site.ids()
    assert "ada" in site.browser.get("/sign-out").text
    site.provider.person = {"sub": "2", "groups": ["staff", "board"]}
    site.sign_in()
    assert BOARD.id in site.ids()
    site.browser.post("/sign-out")
    assert site.browser.get(DOCUMENTS).status_code == 401


def test_state_nonce_and_pkce_are_sent(site: Site) -> None:
    query = parse_qs(urlsplit(site.begin()).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [BACK]
    assert {"state", "nonce", "code_challenge"} <= query.keys()
    again = parse_qs(urlsplit(site.begin()).query)
    for fresh in ("state", "nonce", "code_challenge"):
        assert query[fresh] != again[fresh]


def test_another_browser_cannot_end_what_one_began(site: Site) -> None:
    back = site.at_provider(site.begin())
    site.browser.cookies.clear()  # somebody was sent the link of an attacker
    assert site.browser.get(back).status_code == 403
    assert site.browser.get(DOCUMENTS).status_code == 401


def test_a_code_is_good_once(site: Site) -> None:
    back = site.at_provider(site.begin())
    assert site.browser.get(back).status_code == 303
    site.browser.cookies.clear()
    assert site.browser.get(back).status_code == 403


def test_a_changed_state_is_refused(site: Site) -> None:
    back = site.at_provider(site.begin())
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert site.browser.get(back.replace(state, "x" + state)).status_code == 403
    assert site.browser.get(DOCUMENTS).status_code == 401


def refused(site: Site) -> None:
    before = site.provider.exchanged
    assert site.browser.get(site.at_provider(site.begin())).status_code == 403
    assert site.provider.exchanged == before + 1  # it was the token that was not believed
    assert site.browser.get(DOCUMENTS).status_code == 401


def test_a_token_with_another_nonce_is_refused(site: Site) -> None:
    site.provider.nonce = "of another sign-in"
    refused(site)


def test_a_token_for_somebody_else_is_refused(site: Site) -> None:
    site.provider.audience = "another client"
    refused(site)


def test_a_token_signed_by_another_key_is_refused(site: Site) -> None:
    site.provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    refused(site)


def test_a_token_of_another_issuer_is_refused(site: Site) -> None:
    address = site.begin()
    back = site.at_provider(address)
    site.provider.issuer = "http://127.0.0.1:9/other"
    assert site.browser.get(back).status_code == 403


@pytest.mark.parametrize(
    "answer", ["error=access_denied", "", "code=x", "state=x", "code=x&state=y"]
)
def test_what_is_not_an_answer_signs_nobody_in(site: Site, answer: str) -> None:
    site.begin()
    assert site.browser.get(f"/sign-in/return?{answer}").status_code == 403
    assert "qa_bot_session" not in site.browser.cookies


@pytest.mark.parametrize("groups", [None, 7, {"board": True}, "board", ["board", 7, None]])
def test_odd_claims_of_groups(site: Site, groups: object) -> None:
    site.provider.person = {"sub": "3", "groups": groups}
    assert site.sign_in().status_code == 303
    assert (BOARD.id in site.ids()) == (groups == "board" or isinstance(groups, list))


def test_of_very_many_groups_those_are_kept_that_a_speech_names(site: Site) -> None:
    site.provider.person = {"sub": "4", "groups": [f"group-{n:04}" for n in range(900)] + ["board"]}
    reply = site.sign_in()
    assert reply.status_code == 303
    assert max(len(cookie) for cookie in reply.headers.get_list("set-cookie")) < 4096
    assert BOARD.id in site.ids()


def test_a_provider_that_is_away_is_told_plainly(tmp_path: Path) -> None:
    setting = {"access": "oidc", "oidc_client_id": "x", "oidc_issuer": "http://127.0.0.1:9"}
    with client(tmp_path, **setting) as browser:
        reply = browser.get("/sign-in")
    assert reply.status_code == 503
    assert "sign-in service" in reply.text
