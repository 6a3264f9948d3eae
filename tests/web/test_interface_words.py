"""The words of all languages: complete, alike in shape, typed as each language is typed."""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from qa_bot.web.i18n import COOKIE, LANGUAGES, language_of, words_for
from qa_bot.web.i18n.choice import preferred
from qa_bot.web.language import same_site

WEB = Path(__file__).parents[2] / "qa_bot" / "web"
ENGLISH = words_for("en")
NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


def texts(language: str) -> dict[str, str]:
    """Every text of a language by its path in the file, beside the facts about the language."""

    def walk(value: Any, path: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(inner, f"{path}.{key}" if path else key)
        else:
            yield path, value

    sections = tomllib.loads((WEB / "i18n" / f"{language}.toml").read_text(encoding="utf-8"))
    del sections["language"]
    return dict(walk(sections, ""))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_have_the_same_keys_and_placeholders(language: str) -> None:
    ours, english = texts(language), texts("en")
    assert ours.keys() == english.keys()
    for key, text in ours.items():
        assert isinstance(text, str), key
        assert text.strip() == text != "" or key == "site.colon", key
        wanted, got = placeholders(english[key]), placeholders(text)
        if key.endswith(".one"):  # "1 speech" and "{count} discours" (0 too) both are right
            wanted, got = wanted - {"count"}, got - {"count"}
        assert got == wanted, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_counted_texts_have_both_forms_and_count(language: str) -> None:
    w = words_for(language)
    for name, forms in w.texts.items():
        if not isinstance(forms, str):
            assert forms.keys() == {"one", "other"}, name
            assert "{count}" in forms["other"], name
            if len(w.facts["one"]) > 1:
                assert "{count}" in forms["one"], name
        assert not hasattr(type(w), name), f"{name} is hidden by a method"


def test_french_is_typed_as_french() -> None:
    for key, text in texts("fr").items():
        assert not re.search(r"[^\N{NARROW NO-BREAK SPACE}][;!?]", text), key
        assert not re.search(r"(?<!\N{NO-BREAK SPACE}):", re.sub(r"https?:", "", text)), key
        assert not re.search(r"«(?!\N{NO-BREAK SPACE})|(?<!\N{NO-BREAK SPACE})»", text), key
        assert not re.search(r"[\"'“”]|\.\.\.", text), key


def test_spanish_is_typed_as_spanish() -> None:
    for key, text in texts("es").items():
        assert text.count("?") == text.count("¿"), key
        assert text.count("!") == text.count("¡"), key
        assert not re.search(r"« | »|[\"'“”]|\.\.\.", text), key


def test_every_word_that_is_used_is_there() -> None:
    """Python reaches them by attribute, and no type checker knows the TOML files."""
    used = set()
    for file in [*WEB.rglob("*.py"), *WEB.rglob("*.html")]:
        used |= set(re.findall(r"\bw\.([a-z][a-z_]*)\b(?!\()", file.read_text(encoding="utf-8")))
    used -= set(ENGLISH.__dataclass_fields__)
    assert len(used) > 20
    assert used <= ENGLISH.texts.keys()


def test_a_word_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError, match=r"no text 'nonsense' in i18n/en\.toml"):
        _ = ENGLISH.nonsense
    assert words_for("xx") is ENGLISH


@pytest.mark.parametrize(
    ("language", "dates"),
    [
        ("en", ["9 October 2018", "1 October 2018", "October 2018"]),
        ("fr", ["9 octobre 2018", "1er octobre 2018", "octobre 2018"]),
        ("es", ["9 de octubre de 2018", "1 de octubre de 2018", "octubre de 2018"]),
    ],
)
def test_dates_in_words(language: str, dates: list[str]) -> None:
    w = words_for(language)
    written = [w.date(date) for date in ("2018-10-09", "2018-10-01", "2018-10")]
    assert written == [date.replace(" ", NO_BREAK) for date in dates]
    for other in ("2018", "", "2018-13-01", "autumn", "²-10", "1-2-3-4"):
        assert w.date(other) == other


def test_counts_and_numbers() -> None:
    english, french, spanish = (words_for(language) for language in LANGUAGES)
    assert [english.count("word_count", n) for n in (0, 1, 1434)] == [
        "0 words", "1 word", "1,434 words"
    ]  # fmt: skip
    assert [french.count("word_count", n) for n in (0, 1, 2, 1434)] == [
        "0 mot", "1 mot", "2 mots", f"1{NARROW}434 mots"
    ]  # fmt: skip
    assert [spanish.number(n) for n in (1434, 12_345)] == ["1434", f"12{NO_BREAK}345"]
    assert french.language_name("EN") == "anglais"
    assert french.language_name("tlh") == "tlh"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("de, fr;q=0.5, en;q=0.4", "fr"),
        ("en;q=0.1, es;q=0.2", "es"),
        ("FR-ca", "fr"),
        ("de", "en"),
        ("fr;q=0", "en"),
        ("fr;q=nan, es;q=..", "en"),
        ("*", "en"),
        ("x" * 100_000, "en"),
    ],
)
def test_browser_says_the_language(header: str, language: str) -> None:
    assert preferred(header) == language


@given(st.text())
def test_any_header_gives_one_of_ours(header: str) -> None:
    assert preferred(header) in LANGUAGES


def request(query: str = "", cookie: str = "", header: str = "") -> Request:
    headers = [(b"cookie", f"{COOKIE}={cookie}".encode()), (b"accept-language", header.encode())]
    return Request({"type": "http", "query_string": query.encode(), "headers": headers})


def test_address_then_cookie_then_browser() -> None:
    assert language_of(request("lang=es", "fr", "en")) == "es"
    assert language_of(request("lang=xx", "fr", "en")) == "fr"
    assert language_of(request("", "<script>", "fr")) == "fr"


def test_pages_and_errors_speak_the_language(client: TestClient) -> None:
    french = client.get("/speeches", headers={"accept-language": "fr"})
    assert '<html lang="fr" ' in french.text
    assert "Les discours" in french.text
    assert "Cookie" in french.headers["vary"]
    assert "Discurso no encontrado" in client.get("/source/nope?lang=es").text


def test_switch_remembers_and_leads_back(client: TestClient) -> None:
    switched = client.get("/language/fr?to=speeches%3Flang%3Den%26q%3Da", follow_redirects=False)
    assert switched.status_code == 303
    assert switched.headers["location"] == "/speeches?q=a"
    assert switched.headers["set-cookie"].startswith(f"{COOKIE}=fr; HttpOnly; Max-Age=31536000")
    client.cookies.clear()
    assert "set-cookie" not in client.get("/language/xx", follow_redirects=False).headers


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "/\\evil.example", "https://evil.example", "\t//evil.example", "\\evil",
     "javascript:alert(1)", "/%0a/evil", "a\r\nSet-Cookie: x=1", "?@evil.example", "@evil"],
)  # fmt: skip
def test_switch_leads_to_no_other_site(client: TestClient, to: str) -> None:
    switched = client.get("/language/en", params={"to": to}, follow_redirects=False)
    assert switched.headers["location"] == "/"


@given(st.text(alphabet="/\\.:?@#%\t\n\r a", max_size=12))
def test_no_text_leads_to_another_site(to: str) -> None:
    for root in ("", "/tools/bot"):
        address = same_site(root, to)
        assert address.startswith(f"{root}/")
        assert not re.match(r"[/\\\s]", address[len(root) + 1 :])


def test_scripts_get_their_words(client: TestClient) -> None:
    for language in LANGUAGES:
        reply = client.get(f"/ui/words/{language}.json")
        assert reply.json() == {"language": language, **words_for(language).scripts}
    assert client.get("/ui/words/xx.json").status_code == 404
    assert client.get("/ui/words/en.toml").status_code == 404
