"""Where it may serve, and what it says when it can't."""

from __future__ import annotations

import socket

import pytest

from qa_bot.errors import QABotError, SettingsError
from qa_bot.settings import Settings
from qa_bot.web.server import address, check_address, is_loopback, listen


def test_taken_port_is_named_with_the_flag_that_mends_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(QABotError) as caught:
            check_address(Settings(port=port))
    assert str(port) in caught.value.message
    assert "--port" in caught.value.hint


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "bot.example", ""])
def test_other_addresses_need_open_access(host: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_address(Settings(host=host, port=0))
    assert "--open-access" in caught.value.hint


def test_open_access_serves_everywhere() -> None:
    listener = listen(Settings(host="0.0.0.0", port=0, open_access=True))
    try:
        assert listener.getsockname()[0] == "0.0.0.0"
        assert address(listener).startswith("http://")
    finally:
        listener.close()


def test_an_address_of_another_machine_is_a_plain_error() -> None:
    with pytest.raises(QABotError) as caught:
        check_address(Settings(host="192.0.2.1", port=0, open_access=True))
    assert "192.0.2.1" in caught.value.message


def test_loopback() -> None:
    assert all(is_loopback(h) for h in ("127.0.0.1", "127.1.2.3", "::1", "localhost"))
    assert not any(is_loopback(h) for h in ("0.0.0.0", "10.0.0.1", "localhost.example", "::"))


def test_address_is_one_to_open() -> None:
    listener = listen(Settings(port=0))
    try:
        assert address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.close()
