"""The server behind a real nginx with deploy/nginx.conf, over https, with people who sign in."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from servers import Server, running

if TYPE_CHECKING:
    from playwright.sync_api import Page

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
ROOT = "/tools/bot"
PASSWORD = "correct horse battery"
WAIT = 90_000  # ms: other programs may hold the cores

pytestmark = [
    pytest.mark.slow,
    pytest.mark.e2e,
    pytest.mark.skipif(NGINX is None, reason="no nginx here (Debian: apt-get install nginx)"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate"),
]

SHIPPED = Path(__file__).parents[2] / "deploy" / "nginx.conf"
CONFIG = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name localhost;
    ssl_certificate {folder}/cert.pem;
    ssl_certificate_key {folder}/key.pem;
    location = /favicon.ico {{ return 204; }}  # browsers ask for it; it is the host's own
    include {folder}/locations.conf;
  }}
}}
"""


@dataclass
class Site:
    url: str  # https://127.0.0.1:…/tools/bot
    server: Server


@pytest.fixture(scope="module", params=["whole path passed on", "prefix cut off"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("nginx")
    add = [sys.executable, "-m", "qa_bot", "users", "add", "ada", "--index", str(folder / "index")]
    subprocess.run(add, input=PASSWORD, text=True, check=True)
    settings = {
        "access": "users",
        "access_folder": str(folder / "access"),
        "trusted_proxies": '["127.0.0.1"]',
        "root_path": ROOT,
        "rate_per_minute": "0",
    }
    with running(folder / "left.txt", "fake", **settings) as server:
        port = free_port()
        make_certificate(folder)
        cut = "/" if request.param == "prefix cut off" else ""
        upstream = server.url.removeprefix("http://").rstrip("/")
        shipped = SHIPPED.read_text(encoding="utf-8")
        assert shipped.count("http://127.0.0.1:7860;") == 1
        own = shipped.replace("http://127.0.0.1:7860;", f"http://{upstream}{cut};")
        (folder / "locations.conf").write_text(own)
        (folder / "nginx.conf").write_text(CONFIG.format(folder=folder, port=port))
        nginx = subprocess.Popen(
            [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"],
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"https://127.0.0.1:{port}{ROOT}"
            wait_for(lambda: httpx.get(f"{url}/healthz", verify=False).status_code == 200)
            yield Site(url, server)
        finally:
            nginx.terminate()
            nginx.wait(10)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def make_certificate(folder: Path) -> None:
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*make, *files, *names], check=True, capture_output=True)


def wait_for(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if done():
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not come up")


@pytest.fixture
def person(site: Site) -> Iterator[httpx.Client]:
    """Somebody who signed in, by hand."""
    with httpx.Client(verify=False, timeout=60) as one:
        form = one.get(f"{site.url}/sign-in").text
        word = form.split('name="word" value="')[1].split('"')[0]
        filled = {"name": "ada", "password": PASSWORD, "word": word, "next": "/speeches?sort=date"}
        reply = one.post(f"{site.url}/sign-in", data=filled, headers={"Origin": origin(site)})
        assert reply.headers["location"] == f"{ROOT}/speeches?sort=date"
        yield one


def origin(site: Site) -> str:
    return site.url.removesuffix(ROOT)


def test_redirects_keep_the_prefix(site: Site) -> None:
    with httpx.Client(verify=False) as one:
        assert one.get(site.url).headers["location"].endswith(f"{ROOT}/")
        sent = one.get(f"{site.url}/source/a?start=1")
        assert sent.headers["location"] == f"{ROOT}/sign-in?next=%2Fsource%2Fa%3Fstart%3D1"
        switched = one.get(f"{site.url}/language/fr?to=speeches")
        assert switched.headers["location"] == f"{ROOT}/speeches"
        assert f"Path={ROOT}/" in switched.headers["set-cookie"]


def test_the_scripts_are_there_for_everybody(site: Site) -> None:
    with httpx.Client(verify=False) as one:
        for path in ("widget.js", "ui/chat.js", "ui/base.css", "ui/words/en.json", "healthz"):
            assert one.get(f"{site.url}/{path}").status_code == 200, path


def test_every_link_of_a_page_leads_below_the_prefix(site: Site, person: httpx.Client) -> None:
    import re

    page = person.get(f"{site.url}/speeches").text
    links = re.findall(r'(?:href|src|action)="([^"#]+)', page)
    assert links
    for link in links:
        if not link.startswith(("http", "?", "#")) and link.startswith("/"):
            assert link.startswith(f"{ROOT}/"), link
    source = next(link for link in links if "/source/" in link)
    assert person.get(origin(site) + source.replace("&amp;", "&")).status_code == 200


def test_a_stream_is_not_held_back(site: Site, person: httpx.Client) -> None:
    """Its head arrives before the answer is whole: nothing on the way collects it."""
    asked = {"question": "What did IOM commit to as Network secretariat?"}
    with person.stream("POST", f"{site.url}/api/v1/ask/stream", json=asked) as reply:
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith("text/event-stream")
        text = "".join(reply.iter_text())
    assert "event: answer" in text
    assert "IOM" in text


def test_what_the_proxy_says_counts_and_what_others_say_does_not(
    site: Site, person: httpx.Client
) -> None:
    spoofed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example"}
    config = person.get(f"{site.url}/config", headers=spoofed).json()
    assert config["root"] == site.url
    past = httpx.get(f"{site.server.url}{ROOT[1:]}/speeches", headers={"Host": "evil.example"})
    assert past.status_code == 421


def test_a_person_signs_in_asks_and_opens_the_source(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(f"{site.url}/", ignore_https_errors=True)
    page.wait_for_selector("input[name=password]", timeout=WAIT)
    page.fill("input[name=name]", "ada")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    box = page.locator("#qa-box textarea")
    box.wait_for(timeout=WAIT)
    box.fill("What did IOM commit to as Network secretariat?")
    box.press("Enter")
    cite = page.locator("a.qa-cite").first
    cite.wait_for(timeout=WAIT)
    assert f"{ROOT}/source/" in cite.evaluate("link => link.href")
    cite.click()
    page.locator("#qa-source mark").first.wait_for(timeout=WAIT)
    page.goto(f"{site.url}/speeches")
    page.click('a[hreflang="fr"]')
    page.wait_for_selector('html[lang="fr"]', timeout=WAIT)
    assert page.url.startswith(f"{site.url}/speeches")
    page.goto(f"{site.url}/sign-out")
    page.click("main button[type=submit]")
    page.goto(f"{site.url}/")
    page.wait_for_selector("input[name=password]", timeout=WAIT)
