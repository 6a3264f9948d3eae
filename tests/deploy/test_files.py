"""The files of deploy/ say what the programs they are for understand."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from qa_bot.settings import Settings, load_settings

DEPLOY = Path(__file__).parents[2] / "deploy"


def test_the_example_settings_can_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_BOT_CONFIG", str(DEPLOY / "qa_bot.toml"))
    monkeypatch.delenv("QA_BOT_SECOND_READER")
    settings = load_settings()
    assert settings.model_fields_set == set(tomllib.loads((DEPLOY / "qa_bot.toml").read_text()))


@pytest.mark.parametrize("name", ["Containerfile", "compose.yaml", "qa-bot.service"])
def test_only_settings_that_exist_are_set(name: str) -> None:
    named = set(re.findall(r"\bQA_BOT_([A-Z_]+)(?==|:)", (DEPLOY / name).read_text()))
    assert named
    assert {n.lower() for n in named} - {"config"} <= set(Settings.model_fields)


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_nginx_reads_its_file(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:7899;\n"
        f"include {DEPLOY}/nginx.conf; }} }}"
    )
    command = ["nginx", "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_reads_its_unit(tmp_path: Path) -> None:
    unit = tmp_path / "qa-bot.service"
    program = tmp_path / "qa-bot"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = (DEPLOY / "qa-bot.service").read_text()
    unit.write_text(text.replace("/opt/qa-bot/bin/qa-bot", str(program)))
    command = ["systemd-analyze", "verify", "--man=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    complaints = [line for line in done.stderr.splitlines() if "qa-bot.service" in line]
    assert complaints == []
