"""Who is let in, by which setting, and how they get out again."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from signing_in import PASSWORD, SECRET, add_key, add_user, bearing, client, form_word, sign_in

from qa_bot.errors import QABotError, SettingsError
from qa_bot.settings import load_settings
from qa_bot.web.access.keys import KeyStore
from qa_bot.web.access.sign_in import local
from qa_bot.web.access.users import UserStore

DOCUMENTS = "/api/v1/documents"


def ids(browser: TestClient, **headers: str) -> set[str]:
    reply = browser.get(DOCUMENTS, headers=headers)
    assert reply.status_code == 200, reply.text
    return {document["id"] for document in reply.json()["documents"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("access")


@pytest.fixture(scope="module")
def users(folder: Path) -> Iterator[TestClient]:
    add_user(folder, "ada", "board")
    add_user(folder, "bob")
    with client(folder, access="users", rate_per_minute=0, chat=True) as browser:
        yield browser


@pytest.fixture(autouse=True)
def no_cookies_left(users: TestClient) -> None:
    users.cookies.clear()


# Mode "users"


def test_people_are_sent_to_the_sign_in_and_programs_told(users: TestClient) -> None:
    reply = users.get("/speeches?q=a")
    assert reply.status_code == 303
    assert reply.headers["location"] == "/sign-in?next=%2Fspeeches%3Fq%3Da"
    reply = users.get(DOCUMENTS)
    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["www-authenticate"] == "Bearer"


def test_signing_in_leads_on_and_shows_what_the_groups_open(users: TestClient) -> None:
    reply = sign_in(users, name="ADA", password=PASSWORD)
    assert (reply.status_code, reply.headers["location"]) == (303, "/speeches")
    cookie = reply.headers["set-cookie"]
    assert all(flag in cookie for flag in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))
    assert SECRET.id in ids(users)
    users.cookies.clear()
    sign_in(users, name="bob", password=PASSWORD)
    assert SECRET.id not in ids(users)


@pytest.mark.parametrize(
    ("name", "password"), [("ada", "wrong"), ("nobody", PASSWORD), ("", ""), ("ada", "x" * 10_000)]
)
def test_wrong_names_and_passwords_get_the_same_answer(
    users: TestClient, name: str, password: str
) -> None:
    reply = sign_in(users, name=name, password=password)
    assert reply.status_code in (403, 429)
    assert "set-cookie" in reply.headers  # of the form, none of a session
    assert "qa_bot_session" not in reply.headers["set-cookie"]
    assert "nobody" not in reply.text


def test_guessing_is_slowed_down(tmp_path: Path) -> None:
    add_user(tmp_path, "ada")
    with client(tmp_path, access="users") as browser:
        replies = [sign_in(browser, name="ada", password=f"wrong {n}") for n in range(11)]
        assert [reply.status_code for reply in replies] == [403] * 10 + [429]
        assert int(replies[-1].headers["retry-after"]) > 0
        assert sign_in(browser, name="ada", password=PASSWORD).status_code == 429


def test_a_form_of_another_site_signs_nobody_in(users: TestClient) -> None:
    filled = {"name": "ada", "password": PASSWORD}
    assert users.post("/sign-in", data=filled).status_code == 403
    word = form_word(users.get("/sign-in").text)
    users.cookies.clear()  # the word without the cookie, as an attacker would have it
    assert users.post("/sign-in", data={**filled, "word": word}).status_code == 403
    evil = {"Origin": "https://evil.example"}
    users.get("/sign-in")
    reply = users.post("/sign-in", data={**filled, "word": word}, headers=evil)
    assert reply.status_code == 403
    assert "qa_bot_session" not in str(reply.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://localhost"},
    ],
)
def test_another_site_sends_nothing_in_somebodys_name(
    users: TestClient, headers: dict[str, str]
) -> None:
    sign_in(users, name="bob", password=PASSWORD)
    body = {"question": "who spoke?"}
    assert users.post("/api/v1/ask", json=body, headers=headers).status_code == 403
    assert users.post("/gradio_api/queue/join", json={}, headers=headers).status_code == 403
    assert users.post("/sign-out", headers=headers).status_code == 403
    own = {"Origin": "https://localhost", "Sec-Fetch-Site": "same-origin"}
    assert users.post("/api/v1/ask", json=body, headers=own).status_code == 200


def test_signing_out_ends_the_session_even_of_a_copied_cookie(users: TestClient) -> None:
    sign_in(users, name="bob", password=PASSWORD)
    copied = dict(users.cookies)
    assert "bob" in users.get("/sign-out").text
    assert users.get(DOCUMENTS).status_code == 200  # the page alone signs nobody out
    reply = users.post("/sign-out")
    assert reply.status_code == 200
    assert "Max-Age=0" in reply.headers["set-cookie"]
    assert users.get(DOCUMENTS, cookies=copied).status_code == 401


def test_other_groups_count_from_the_next_request_on(users: TestClient, folder: Path) -> None:
    add_user(folder, "dan")
    sign_in(users, name="dan", password=PASSWORD)
    store = UserStore(folder)
    seen = []
    for groups in ((), ("board",), ("staff",)):
        store.set_groups("Dan", groups)
        seen.append(SECRET.id in ids(users))
    assert seen == [False, True, False]


def test_another_password_and_removal_end_sessions(users: TestClient, folder: Path) -> None:
    add_user(folder, "eve")
    sign_in(users, name="eve", password=PASSWORD)
    assert users.get(DOCUMENTS).status_code == 200
    UserStore(folder).set_password("eve", "another horse battery")
    assert users.get(DOCUMENTS).status_code == 401
    sign_in(users, name="eve", password="another horse battery")
    assert users.get(DOCUMENTS).status_code == 200
    UserStore(folder).remove("eve")
    assert users.get(DOCUMENTS).status_code == 401


def test_other_groups_count_at_once(folder: Path) -> None:
    add_user(folder, "fay")
    store = UserStore(folder)
    store.set_groups("Fay", ["staff, board"])
    fay = store.find("fay")
    assert fay is not None
    assert (fay.name, fay.groups) == ("fay", ("staff", "board"))
    assert store.check("fay", PASSWORD) is not None  # the password stays
    with pytest.raises(QABotError, match="no user 'gus'"):
        store.set_groups("gus", [])


@pytest.mark.parametrize("cookie", ["", "x", "e30.aaaa.bbbb", "é", "a" * 5000])
def test_a_made_up_session_is_none(users: TestClient, cookie: str) -> None:
    value = cookie.encode()
    reply = users.get(DOCUMENTS, headers=[(b"cookie", b"qa_bot_session=" + value)])
    assert reply.status_code == 401


def test_no_password_is_taken_over_a_plain_connection(tmp_path: Path) -> None:
    add_user(tmp_path, "ada")
    plain = {"host": "http://bot.example", "allowed_hosts": ("bot.example",)}
    with client(tmp_path, access="users", **plain) as browser:
        assert 'name="password"' not in browser.get("/sign-in").text
        reply = browser.post("/sign-in", data={"name": "ada", "password": PASSWORD})
        assert reply.status_code == 403


@pytest.mark.parametrize(
    "there",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "/\tx",
        "",
        "/a\r\nb",
    ],
)
def test_nobody_is_led_away_after_signing_in(there: str) -> None:
    assert local(there) == "/"


def test_open_pages_are_open(users: TestClient) -> None:
    for path in ("/healthz", "/ui/base.css", "/sign-in", "/widget.js"):
        assert users.get(path).status_code == 200, path
    for path in ("/ui/../api/v1/documents", "/healthz/", "/ui/", "/widget/../speeches"):
        assert users.get(path).status_code in (303, 401, 404), path


def test_what_one_person_sees_is_kept_from_shared_caches(users: TestClient) -> None:
    sign_in(users, name="bob", password=PASSWORD)
    for path in (DOCUMENTS, "/speeches", "/"):
        headers = users.get(path).headers
        assert "public" not in headers["cache-control"]
        assert "Cookie" in headers["vary"]


def test_cookies_travel_in_frames_only_where_embedding_is_on(tmp_path: Path) -> None:
    add_user(tmp_path, "ada")
    embedded = {"frame_ancestors": ("https://intranet.example",)}
    with client(tmp_path, access="users", **embedded) as browser:
        cookie = sign_in(browser, name="ada", password=PASSWORD).headers["set-cookie"]
    assert "SameSite=none" in cookie
    assert cookie.endswith("; Partitioned")
    assert "Secure" in cookie


# Keys and tokens


def test_keys_open_their_groups_beside_every_other_sign_in(users: TestClient, folder: Path) -> None:
    staff, board = add_key(folder, "staff"), add_key(folder, "chair", "board")
    assert SECRET.id not in ids(users, **bearing(staff))
    assert SECRET.id in ids(users, **bearing(board))
    KeyStore(folder).revoke("chair")
    assert users.get(DOCUMENTS, headers=bearing(board)).status_code == 401
    assert users.get(DOCUMENTS, headers=bearing(staff + "x")).status_code == 401
    assert users.get("/healthz", headers=bearing(board)).status_code == 200


def test_a_key_is_kept_as_a_hash_in_a_private_file(tmp_path: Path) -> None:
    key = add_key(tmp_path, "wiki", "staff")
    file = tmp_path / "keys.json"
    assert key.split("_", 2)[2] not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(QABotError, match="already"):
        add_key(tmp_path, "wiki")
    with pytest.raises(QABotError, match="no key"):
        KeyStore(tmp_path).revoke("wikipedia")


def test_a_damaged_file_of_keys_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps({"not": "a list"}))
    with pytest.raises(SettingsError, match=r"keys\.json"):
        KeyStore(tmp_path).all()


def test_in_mode_keys_a_person_pastes_a_key(tmp_path: Path) -> None:
    key = add_key(tmp_path, "chair", "board")
    with client(tmp_path, access="keys") as browser:
        assert browser.get("/").headers["location"] == "/sign-in?next=%2F"
        assert sign_in(browser, key="qab_x_y").status_code == 403
        assert sign_in(browser, key=key).status_code == 303
        assert SECRET.id in ids(browser)
        KeyStore(tmp_path).revoke("chair")
        assert browser.get(DOCUMENTS).status_code == 401


def test_a_token_opens_no_more_than_its_key_and_dies_with_it(
    users: TestClient, folder: Path
) -> None:
    key = add_key(folder, "intranet", "board", "staff")
    make = {"name": "ada", "groups": ["staff"]}
    made = users.post("/api/v1/token", json=make, headers=bearing(key))
    assert made.status_code == 200, made.text
    assert made.json()["expires_in"] == 600
    token = made.json()["token"]
    assert SECRET.id not in ids(users, **bearing(token))
    all_groups = users.post("/api/v1/token", json={"name": "ada"}, headers=bearing(key)).json()
    assert SECRET.id in ids(users, **bearing(all_groups["token"]))
    more = {"name": "ada", "groups": ["staff", "hr"]}
    assert users.post("/api/v1/token", json=more, headers=bearing(key)).status_code == 403
    assert users.post("/api/v1/token", json=make, headers=bearing(token)).status_code == 401
    assert users.post("/api/v1/token", json=make).status_code == 401
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    assert users.get(DOCUMENTS, headers=bearing(forged)).status_code == 401
    KeyStore(folder).revoke("intranet")
    assert users.get(DOCUMENTS, headers=bearing(token)).status_code == 401


def test_somebody_signed_in_makes_no_tokens(users: TestClient) -> None:
    sign_in(users, name="ada", password=PASSWORD)
    assert users.post("/api/v1/token", json={"name": "x"}).status_code == 401


def test_tokens_and_sessions_are_not_taken_for_each_other(users: TestClient, folder: Path) -> None:
    sign_in(users, name="bob", password=PASSWORD)
    session = users.cookies["qa_bot_session"]
    users.cookies.clear()
    assert users.get(DOCUMENTS, headers=bearing("qat_" + session)).status_code == 401


def test_old_tokens_and_sessions_are_over(
    users: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = add_key(folder, "clock")
    made = users.post("/api/v1/token", json={"name": "ada"}, headers=bearing(key)).json()
    sign_in(users, name="bob", password=PASSWORD)
    import itsdangerous.timed as timed

    now = timed.time.time()
    monkeypatch.setattr(timed.time, "time", lambda: now + 11 * 60)
    assert users.get(DOCUMENTS).status_code == 200
    assert users.get(DOCUMENTS, headers=bearing(made["token"])).status_code == 401
    monkeypatch.setattr(timed.time, "time", lambda: now + 8.1 * 3600)
    assert users.get(DOCUMENTS).status_code == 401


# Mode "proxy"


def test_the_header_counts_from_the_proxy_only(tmp_path: Path) -> None:
    who = {"X-Forwarded-User": "ada", "X-Forwarded-Groups": "staff, board"}
    setting = {"access": "proxy", "trusted_proxies": ("10.0.3.0/24",)}
    with client(tmp_path, peer="10.0.3.7", **setting) as browser:
        assert SECRET.id in ids(browser, **who)
        assert SECRET.id not in ids(browser, **{"X-Forwarded-User": "bob"})
        assert browser.get(DOCUMENTS).status_code == 401
        assert browser.get("/speeches").status_code == 401
        twice = [("X-Forwarded-User", "ada"), ("X-Forwarded-User", "root")]
        assert browser.get(DOCUMENTS, headers=twice).status_code == 403
        groups = [*who.items(), ("X-Forwarded-Groups", "hr")]
        assert browser.get(DOCUMENTS, headers=groups).status_code == 403
    with client(tmp_path, peer="10.0.4.7", **setting) as browser:
        assert browser.get(DOCUMENTS, headers=who).status_code == 403
        assert browser.get("/healthz", headers=who).status_code == 200
        key = add_key(tmp_path, "cron", "board")
        assert SECRET.id in ids(browser, **bearing(key))


# Mode "none"


def test_on_this_machine_alone_everything_is_seen(tmp_path: Path) -> None:
    with client(tmp_path) as browser:
        assert SECRET.id in ids(browser)
        assert not (tmp_path / "session.key").exists()
        for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
            assert SECRET.id not in ids(browser, **{name: "192.0.2.1"})


@pytest.mark.parametrize(
    "setting",
    [{"open_access": True}, {"trusted_proxies": ("127.0.0.1",)}, {"root_path": "/tools/bot"}],
)
def test_where_others_come_in_what_has_groups_stays_closed(
    tmp_path: Path, setting: dict[str, object]
) -> None:
    with client(tmp_path, **setting) as browser:
        assert ids(browser)
        assert SECRET.id not in ids(browser)


# Settings


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"access": "proxy"}, "trusted_proxies"),
        ({"access": "oidc"}, "oidc_issuer"),
        (
            {"access": "oidc", "oidc_issuer": "http://idp.example", "oidc_client_id": "x"},
            "https://",
        ),
        ({"allowed_origins": ("*",)}, "is no origin"),
        ({"allowed_origins": ("https://a.example/path",)}, "is no origin"),
        ({"trusted_proxies": ("0.0.0.0/0",)}, "everybody"),
        ({"trusted_proxies": ("nginx",)}, "no address"),
        ({"root_path": "tools"}, "no path"),
        ({"root_path": "/a/../b"}, "no path"),
        ({"session_key": "short"}, "32"),
    ],
)
def test_settings_that_make_no_sense_are_told_plainly(given: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(**given)
    assert said in caught.value.message
    assert "Value error" not in caught.value.message
