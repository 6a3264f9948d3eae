"""The widget's script without a browser: how it is sent, what it is made of, what it may not do."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from fakes import FakeBot
from fastapi.testclient import TestClient

from qa_bot.settings import Settings
from qa_bot.web.i18n import LANGUAGES, words_for
from qa_bot.web.widget import bundle as bundling
from qa_bot.web.widget.route import script

SOURCES = {path.name: path.read_text() for path in sorted(bundling.SOURCES.iterdir())}
MODULES = {name: text for name, text in SOURCES.items() if name.endswith(".js")}
DOCS = (Path(__file__).parents[2] / "docs" / "embedding.md").read_text()
BUDGET = 30 * 1024  # bytes, compressed
INTRANET = "https://intranet.example"
NODE = shutil.which("node")


def without_comments(text: str) -> str:
    return re.sub(r"^\s*(//.*|/\*.*?\*/)$", "", text, flags=re.M | re.S)


# How it is sent


def test_all_that_is_loaded_is_small(client: TestClient) -> None:
    sent = client.get("/widget.js", headers={"accept-encoding": "gzip"})
    assert int(sent.headers["content-length"]) <= BUDGET
    # and nothing else is loaded: no import, no address in the style sheet, no element that fetches
    made = sent.text
    assert not re.search(r"\bimport\b|@import|url\(|importScripts|new Worker", made)
    assert not re.search(r"make\(\"(script|link|img|iframe|style)\"", made)


def test_plain_and_compressed_are_the_same_script() -> None:
    assert gzip.decompress(script().compressed) == script().plain == bundling.bundle().encode()


def test_any_page_may_load_it_and_keep_it_for_a_while(client: TestClient) -> None:
    sent = client.get("/widget.js", headers={"origin": "https://anywhere.example"})
    assert sent.status_code == 200
    assert sent.headers["content-type"] == "text/javascript; charset=utf-8"
    assert sent.headers["access-control-allow-origin"] == "*"
    assert sent.headers["cross-origin-resource-policy"] == "cross-origin"
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-credentials" not in sent.headers
    assert "set-cookie" not in sent.headers
    assert "max-age=300" in sent.headers["cache-control"]
    assert "immutable" not in sent.headers["cache-control"]
    named = client.get(f"/widget.js?v={script().version}")
    assert "immutable" in named.headers["cache-control"]
    assert "immutable" not in client.get("/widget.js?v=other").headers["cache-control"]


@pytest.mark.parametrize("packing", ["gzip", "identity"])
def test_who_has_it_gets_only_word_that_it_is_the_same(client: TestClient, packing: str) -> None:
    ask = {"accept-encoding": packing}
    tag = client.get("/widget.js", headers=ask).headers["etag"]
    for known in (tag, f'"other", W/{tag}'):
        again = client.get("/widget.js", headers={**ask, "if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert client.get("/widget.js", headers={**ask, "if-none-match": '"other"'}).status_code == 200


def test_head_says_what_get_would(client: TestClient) -> None:
    head = client.head("/widget.js")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == client.get("/widget.js").headers["content-length"]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A server under a path, that asks for a key and lets one intranet in."""
    from qa_bot.web.app import create_app

    settings = Settings(
        access="keys",
        allowed_origins=(INTRANET,),
        root_path="/tools/bot",
        access_folder=tmp_path_factory.mktemp("access"),
        keep_feedback=False,
    )
    return TestClient(create_app(FakeBot(), settings), base_url="http://localhost")


def test_script_needs_no_sign_in(guarded: TestClient) -> None:
    assert guarded.get("/tools/bot/widget.js").content == script().plain
    assert guarded.post("/tools/bot/api/v1/ask", json={"question": "who?"}).status_code == 401


@pytest.mark.parametrize("path", ["ask", "ask/stream", "feedback"])
def test_browser_may_send_what_the_widget_sends(guarded: TestClient, path: str) -> None:
    wanted = {
        "origin": INTRANET,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    preflight = guarded.options(f"/tools/bot/api/v1/{path}", headers=wanted)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == INTRANET
    other = guarded.options(
        f"/tools/bot/api/v1/{path}", headers={**wanted, "origin": "https://other.example"}
    )
    assert "access-control-allow-origin" not in other.headers


def test_widget_may_read_why_it_was_refused(guarded: TestClient) -> None:
    refused = guarded.post(
        "/tools/bot/api/v1/ask", json={"question": "who?"}, headers={"origin": INTRANET}
    )
    assert refused.headers["access-control-allow-origin"] == INTRANET
    assert "Retry-After" in refused.headers["access-control-expose-headers"]


# What it is made of

FORBIDDEN = {
    "code from text": r"\beval\b|new Function|set(Timeout|Interval)\(\s*[\"'`]|javascript:",
    "markup from text": r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser"
    r"|createContextualFragment|setHTMLUnsafe|srcdoc",
    "inline style": r"setAttribute\(\s*[\"']style|\bstyle:|cssText|createElement\(\"style",
    "what browsers of 2019 cannot read": r"\?\.[a-zA-Z_\[(]|\?\?|^\s+(static )?#\w|\.replaceAll\("
    r"|\.at\(|^\s+static \w+ =|\|\|=|&&=",
    "cookies": r"document\.cookie",
    "globals of the host page": r"window\.\w+ = |globalThis",
}


@pytest.mark.parametrize("name", sorted(MODULES))
@pytest.mark.parametrize("kind", sorted(FORBIDDEN))
def test_modules_hold_nothing_that_a_strict_page_forbids(name: str, kind: str) -> None:
    found = re.search(FORBIDDEN[kind], without_comments(MODULES[name]), re.M)
    assert not found, f"{kind}: {found.group() if found else ''}"


def test_what_is_forbidden_would_be_found() -> None:
    for kind, sample in [
        ("code from text", 'setTimeout("go()", 1)'),
        ("markup from text", "element.innerHTML = answer"),
        ("inline style", 'make("p", { style: "color: red" })'),
        ("what browsers of 2019 cannot read", "answer?.next ?? []"),
        ("what browsers of 2019 cannot read", "  #secret = 1;"),
    ]:
        assert re.search(FORBIDDEN[kind], sample, re.M), sample


def test_every_link_is_made_from_the_servers_address() -> None:
    """No address in an answer becomes a link as it is: it could be javascript: or another site."""
    assert not re.search(r"\b(fact|citation|one|hit)\.link\b|document\.source", str(MODULES))


def test_style_stays_inside() -> None:
    style = re.sub(r"/\*.*?\*/", "", SOURCES["style.css"], flags=re.S)
    assert ".root {" in style and "all: initial;" in style
    assert not re.search(r"(^|\})\s*(html|body|:root|\*)\s*[{,]", style)
    assert not re.search(r"\d(rem|vmin|vmax)\b", style)  # rem is the host page's to set


def test_words_are_those_of_the_files() -> None:
    used = set(re.findall(r"\bwords\.([a-z_]+)\b(?!\")", "".join(MODULES.values())))
    assert {"closest", "further", "at_least", "folded"} <= used
    for language in LANGUAGES:
        there = set(words_for(language).scripts["widget"])
        assert used <= bundling._words()[language].keys()
        fields = {name for name in there if name.startswith("field_")}
        kinds = {"up", "down"}  # words[kind]
        assert there - fields - kinds <= used, "a text that nothing shows"


def test_options_variables_and_events_are_documented() -> None:
    listed = re.search(r"OPTIONS = \[(.*?)\]", MODULES["options.js"], re.S)
    assert listed
    options = re.findall(r'"([a-z-]+)"', listed.group(1))
    assert len(options) > 15
    variables = set(re.findall(r"--qa-bot-[a-z-]+", "".join(SOURCES.values())))
    events = {
        f"qa-bot:{name}" for text in MODULES.values() for name in re.findall(r'emit\("(\w+)"', text)
    }
    assert {"qa-bot:answer", "qa-bot:open"} <= events
    missing = [f"data-{name}" for name in options if f"`data-{name}`" not in DOCS]
    missing += [name for name in sorted(variables | events) if f"`{name}`" not in DOCS]
    assert not missing


# How it is joined


@pytest.mark.parametrize(
    ("main", "other", "said"),
    [
        ('import { a } from "./other.js";', 'import { b } from "./main.js";', "import each other"),
        ('import { b } from "./other.js";', "export const a = 1;", "has not"),
        ('import * as all from "./other.js";', "", "cannot be joined"),
        ("export default 1;", "", "cannot be joined"),
        ('const a = await import("./other.js");', "", "cannot be joined"),
        (
            'import { a } from "./other.js";\nconst b = 1;',
            "export const a = 1;\nconst b = 2;",
            "twice",
        ),
    ],
)
def test_what_cannot_be_joined_is_an_error(
    main: str, other: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main.js").write_text(main + "\n")
    (tmp_path / "other.js").write_text(other + "\n")
    monkeypatch.setattr(bundling, "SOURCES", tmp_path)
    with pytest.raises(ValueError, match=said):
        bundling.bundle.__wrapped__()


def test_modules_stand_behind_those_they_need() -> None:
    made = bundling.bundle()
    order = ["function make(", "function renderAnswer(", "class Chat ", "class ButtonElement "]
    at = [made.index(text) for text in [*order, "function start()"]]
    assert at == sorted(at)
    assert made.index("const WORDS =") < made.index("WORDS[")
    assert "</" not in made and "<!--" not in made  # could stand inside a page's script element


@pytest.mark.skipif(NODE is None, reason="no node here")
def test_the_script_is_a_script(tmp_path: Path) -> None:
    file = tmp_path / "widget.js"
    file.write_bytes(script().plain)
    subprocess.run([str(NODE), "--check", str(file)], check=True, timeout=30)


# What its parts do

PARTS = """
globalThis.document = { baseURI: "https://intranet.example/page" };
const from = (name) => import(new URL(name, %s).href);
const { folder, server, sourceLink } = await from("address.js");
const { niceDate, pieces, shared, sureness } = await from("credit.js");
const { EventReader, waitOf } = await from("api.js");
const { contrast, legible, parsed } = await from("colour.js");
const { cut } = await from("memory.js");
const events = new EventReader();
const sent = [": hi\\n\\neve", "nt: progress\\r\\ndata: {\\"a\\":", "1}\\r\\n\\r\\ndata: x\\ndata: y\\n", "\\n"];
const colours = [[255, 200, 0], [0, 0, 0], [255, 255, 255], [138, 59, 18], [120, 120, 120]];
console.log(JSON.stringify({
  folders: ["https://bot.example/tools/bot/widget.js?v=1", "/widget.js", "javascript:alert(1)", "data:,x", "file:///x"].map(folder),
  servers: ["https://bot.example/tools/bot", "https://bot.example", "https://bot.example/"].map(server),
  links: [["a/b c?#%%", 1, 2], ["x", undefined, 2]].map((one) => sourceLink("https://b/", ...one)),
  dates: ["2018-10-09", "2018-10", "2018", "soon", "2018-13-01"].map((one) => niceDate(one, "en")),
  french: niceDate("2018-10-09", "fr"),
  marked: pieces([{ sentence: "😀 One two three.", quote: "two", start: 106, end: 109, sentence_start: 100 }]),
  several: pieces([
    { sentence: "One two three.", quote: "three", start: 8, end: 13, sentence_start: 0 },
    { sentence: "One two three.", marks: [[-5, 3], [2, 5], [12, 99], [7, 4]], sentence_start: 0 },
  ]),
  plain: [
    pieces([{ sentence: "“All.”", quote: "All", start: 1, end: 4, sentence_start: 0 }]),
    pieces([{ sentence: "One two.", quote: "two", start: 0, end: 3, sentence_start: 100 }]),
    pieces([{ sentence: "", quote: "two", start: 0, end: 3, sentence_start: 0 }]),
  ],
  shared: shared([5, 9, 1].map((start) => ({ document: { id: "a" }, sentence_start: start > 6 ? 6 : 0, sentence_end: 9, start })))
    .map((same) => same.map((one) => one.start)),
  events: sent.map((piece) => events.push(piece)).flat(),
  waits: ["7", "", null, "soon", "0", new Date(Date.now() + 9500).toUTCString()].map(waitOf),
  contrasts: colours.flatMap((one) => [[255, 255, 255], [30, 33, 37], [120, 120, 120]].map((paper) => contrast(legible(one, paper), paper))),
  parsed: ["rgb(1, 2, 3)", "rgba(1 2 3 / 0.5)", "color(srgb 1 0.5 0)", "oklch(1 2 3)", ""].map(parsed),
  cut: [cut("one two three", 9), cut("one", 9)],
}));
"""  # noqa: E501


@pytest.mark.skipif(NODE is None, reason="no node here")
def test_parts() -> None:
    code = PARTS % json.dumps(bundling.SOURCES.as_uri() + "/")
    ran = subprocess.run(
        [str(NODE), "--input-type=module", "-e", code], capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["folders"][:2] == ["https://bot.example/tools/bot/", "https://intranet.example/"]
    assert said["folders"][2:] == ["", "", ""]
    assert said["servers"] == ["https://bot.example/tools/bot/", *["https://bot.example/"] * 2]
    assert said["links"] == ["https://b/source/a/b%20c%3F%23%25#1-2", "https://b/source/x"]
    nb = "\N{NO-BREAK SPACE}"
    assert said["dates"][:2] == [f"9{nb}October{nb}2018", f"October{nb}2018"]
    assert said["dates"][2:] == ["2018", "soon", "2018-13-01"]
    assert said["french"] == f"9{nb}octobre{nb}2018"
    assert said["marked"] == [["😀 One ", False], ["two", True], [" three.", False]]
    assert said["several"] == [["One t", True], ["wo ", False], ["three.", True]]
    assert said["plain"] == [[["“All.”", False]], [["One two.", False]], [["two", True]]]
    assert said["shared"] == [[1, 5], [9]]
    assert said["events"] == [["progress", '{"a":1}'], ["message", "x\ny"]]
    assert said["waits"] == [7, 5, 5, 5, 1, pytest.approx(9, abs=1)]
    assert min(said["contrasts"]) >= 4.5
    assert said["parsed"][:3] == [[1, 2, 3, 1], [1, 2, 3, 0.5], [255, 127.5, 0, 1]]
    assert said["parsed"][3:] == [None, None]
    assert said["cut"] == ["one two …", "one"]
