"""The command line as a person or a script meets it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from qa_bot.cli import COMMANDS, main
from qa_bot.cli.ask import show
from qa_bot.cli.doctor import _corpus
from qa_bot.cli.index import say_losses
from qa_bot.corpus import SkippedFile
from qa_bot.index import BuildReport
from qa_bot.schema import Answer, CatalogueFact, Chip, Citation, DocumentInfo, Group, Omission
from qa_bot.settings import load_settings


def qa_bot(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return code, out, err


def test_help_is_quick_and_imports_no_model_library() -> None:
    began = time.perf_counter()
    code = (
        "import sys; from qa_bot.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "assert not {'torch', 'faiss', 'gradio', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert time.perf_counter() - began < 10  # a generous bound: it must not be minutes


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"qa-bot {command}" in capsys.readouterr().out.split("examples:")[1]


def test_index_then_ask_then_search(
    speeches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = tmp_path / "index"
    places = ("--corpus", speeches, "--index", index)
    code, out, _ = qa_bot(capsys, "index", *places)
    assert code == 0
    assert "2 speeches" in out
    code, out, _ = qa_bot(capsys, "index", *places)
    assert "up to date" in out
    code, out, _ = qa_bot(capsys, "index", "--json", *places)
    assert json.loads(out)["changed"] is False
    code, out, _ = qa_bot(capsys, "index", "--list", *places)
    assert "Laura Thompson" in out

    code, out, _ = qa_bot(capsys, "ask", *places, "Where will the Compact be signed?")
    assert code == 0
    assert "«Marrakesh»" in out
    code, out, _ = qa_bot(capsys, "ask", *places, "--json", "Where will the Compact be signed?")
    answer = json.loads(out)
    assert (code, answer["text"]) == (0, "Marrakesh")
    code, out, _ = qa_bot(capsys, "ask", *places, "What is the capital of Australia?")
    assert code == 1
    assert "No direct answer" in out

    code, out, _ = qa_bot(capsys, "search", *places, "--json", "--top-k", 2, "start-up fund")
    assert code == 0
    assert len(json.loads(out)) == 2
    code, out, _ = qa_bot(capsys, "search", *places, "--json", '"start-up FUND"')
    assert (code, len(json.loads(out))) == (0, 1)
    code, _, _ = qa_bot(capsys, "search", *places, "--json", '"fund start-up"')
    assert code == 1
    for command in ("search", "ask"):
        code, _, err = qa_bot(capsys, command, *places, "--document", "nope", "youth?")
        assert code == 6
        assert "nope" in err


def test_a_draft_of_the_catalogue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "s"
    corpus.mkdir()
    (corpus / "1948-Truman-1.txt").write_text("Mr. Speaker, we are here.")
    (corpus / "b.txt").write_text("Mr. Speaker, we are here.")
    command = ("catalogue", "--corpus", corpus)
    code, out, err = qa_bot(capsys, *command)
    assert (code, tomllib.loads(out)["1948-Truman-1.txt"]["speaker"]) == (0, "Truman")
    assert "2 speeches in the draft" in err
    code, out, _ = qa_bot(capsys, *command, "--json")
    assert code == 0
    first = json.loads(out)["speeches"][0]
    assert first["proposed"]["date"] == {"value": "1948", "from": "from the file's name"}
    assert set(first["left_out"]) == {"title"}

    draft = tmp_path / "draft.toml"
    assert qa_bot(capsys, *command, "--output", draft)[0] == 0
    held = draft.read_text()
    code, _, err = qa_bot(capsys, *command, "--output", draft)
    assert (code, draft.read_text()) == (2, held)
    assert "left as it is" in err
    assert not (corpus / "catalogue.toml").exists()

    table = tmp_path / "t.csv"
    table.write_text("filename;title;name;year\nb;Reply;Ana Silva;1949\nc;None;Nobody;1950\n")
    code, out, err = qa_bot(capsys, *command, "--csv", table, "--append")
    assert code == 0
    assert "qa-bot index" in out
    assert "line 3: no file is named 'c'" in err
    assert "no row for 1948-Truman-1.txt" in err
    said = tomllib.loads((corpus / "catalogue.toml").read_text())
    assert said["b.txt"] == {"title": "Reply", "speaker": "Ana Silva", "date": "1949"}
    code, out, _ = qa_bot(capsys, *command, "--append")
    assert (code, out) == (0, "Added to catalogue.toml: 0 speeches.\n")

    assert qa_bot(capsys, *command, "--csv", tmp_path / "none.csv")[0] == 2
    assert qa_bot(capsys, "catalogue", "--corpus", tmp_path / "nowhere")[0] == 3


def test_an_answer_shows_its_restrictions_and_facts(capsys: pytest.CaptureFixture[str]) -> None:
    opening = DocumentInfo("a", title="Opening", speaker="Ana Silva", date="2018-10-08")
    citation = Citation("Lima", 0, 4, "Lima.", 0, 5, opening, None, 1.0, 0.9)
    answer = Answer(
        "q", "q", True, "Lima", 0.9, (replace(citation, also=(citation,)),),
        chips=(Chip("speaker", "Ana Silva", "according to Silva"), Chip("event", "Forum")),
        set_aside=(Chip("date_from", "2017", "since 2017"),),
        facts=(CatalogueFact(opening, "date", "2018-10-08"),),
    )  # fmt: skip
    show(answer)
    out = capsys.readouterr().out
    assert "Only: speaker Ana Silva (--ignore 'speaker:Ana Silva')" in out
    assert "Only: event Forum\n" in out
    assert "Also looked beyond: date from 2017" in out
    assert "the same words: Opening" in out
    assert "the catalogue says so of Opening" in out
    show(Answer("q", "q", False, "", 0.0, chips=(Chip("phrase", "x y", '"x y"'),)))
    assert "No passage that may be used holds exactly these words." in capsys.readouterr().out


def test_each_kind_of_answer_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    opening = DocumentInfo("a", title="Opening", speaker="Ana Silva")
    first = Citation("Lima", 7, 11, "It was Lima, not Rome.", 0, 22, opening, None, 1.0, 0.9)
    second = replace(first, quote="Rome", start=17, end=21)
    whole = replace(first, quote=first.sentence, start=0, end=22, marks=((3, 6), (7, 11)))
    found = Answer("q", "q", True, "x", 0.9)

    def said(answer: Answer) -> str:
        show(answer)
        return capsys.readouterr().out

    listed = said(replace(found, citations=(first, second), at_least=True))
    assert "At least these:\nIt was «Lima», not «Rome».\n  [1] Opening" in listed
    assert "\n  [2] Opening" in listed
    assert "90% sure" in listed
    groups = (Group("Ana Silva, 2018", (whole,)),)
    evidence = replace(found, kind="evidence", citations=(whole,), groups=groups, more=3)
    out = said(evidence)
    assert out.startswith("Ana Silva, 2018\nIt «was» «Lima», not Rome.\n  [1] Opening")
    assert "3 further sentences bear on this." in out
    assert "sure" not in out
    none = replace(found, found=False, text="")
    out = said(replace(none, kind="closest", closest=(whole,)))
    assert out.startswith(
        "No direct answer. The closest words:\nIt «was» «Lima», not Rome.\n  · Op"
    )
    assert "Not found" not in out
    out = said(replace(none, kind="note", note="greeting"))
    assert out.startswith("Hello!")
    assert len(out.splitlines()) == 1


def test_errors_say_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = qa_bot(capsys, "index", "--corpus", tmp_path / "nowhere")
    assert code == 3
    assert "nowhere" in err
    assert "Traceback" not in err
    code, _, err = qa_bot(capsys, "ask", "--min-confidence", 7, "who?")
    assert code == 2
    assert "min_confidence" in err
    code, _, err = qa_bot(capsys, "ask", "x" * 20_000)
    assert code == 2
    code, _, err = qa_bot(capsys, "serve", "--host", "0.0.0.0", "--corpus", tmp_path)
    assert code == 2
    assert "--open-access" in err


def test_what_is_skipped_or_left_out_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    report = BuildReport(
        documents=1,
        passages=1,
        embedded=1,
        reused=0,
        skipped=(SkippedFile("old.doc", "an old Word document"),),
        left_out={"a\n.docx": (Omission("comments", 3),)},
        seconds=0.1,
        version="v000001",
        changed=True,
    )
    say_losses(report)
    assert capsys.readouterr().err.splitlines() == [
        "skipped old.doc: an old Word document",
        "left out of a .docx: comments: 3",
    ]


def test_the_doctor_tells_what_is_not_in_the_texts(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\n[Applause]\nGood evening.\n")
    findings = list(_corpus(load_settings(corpus=tmp_path)))
    assert [(f.what, f.state) for f in findings] == [("corpus", "ok"), ("left out", "note")]
    assert findings[1].remedy == "a.srt: sounds in brackets: 1"
    (missing,) = _corpus(load_settings(corpus=tmp_path / "none"))
    assert missing.state == "wrong"
