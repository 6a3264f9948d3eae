"""Text shown is text, whatever it holds."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from qa_bot.web.escape import exact, inert

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"))


@given(TEXT)
def test_exact_reads_back_as_it_was(text: str) -> None:
    assert html.unescape(exact(text)) == text
    assert not set("<>\"'") & set(exact(text))


@given(TEXT)
def test_inert_leaves_no_sign_to_act_upon(text: str) -> None:
    shown = inert(text)
    assert not set("<>\"'*_`[]()!$\\|~{}\n\t^=-+.:/@") & set(shown)
    assert html.unescape(shown).isascii() == text.isascii()


def test_inert_reads_back_as_it_was() -> None:
    text = 'a <b> & "c"\n\n![](http://x) $y$ \\( # 1. - 😀'
    assert html.unescape(inert(text)) == text


def test_what_no_page_can_hold_keeps_its_place() -> None:
    assert exact("a\0b\ud800c\r\n") == "a\ufffdb\ufffdc&#13;\n"
    assert inert("\0\ud800") == "\ufffd\ufffd"
