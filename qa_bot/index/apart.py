"""An index built in a process of its own, beside a server that goes on answering.

``python -m qa_bot.index.apart`` reads the settings as JSON on standard input. Its last line of
output says what was wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from pydantic import SecretStr

from qa_bot.corpus.child import environment
from qa_bot.errors import QABotError
from qa_bot.index.build import build_index
from qa_bot.settings import Settings, load_settings

POLITENESS = 10  # steps of priority below the process that answers


def build_apart(settings: Settings) -> None:
    """Bring the index up to date with the corpus, as :func:`build_index` does. Waits for it.

    Raises:
        QABotError: it could not be built; the message says why.
    """
    secrets = {name for name, value in settings if isinstance(value, SecretStr)}
    ran = subprocess.run(
        [sys.executable, "-m", "qa_bot.index.apart"],
        input=settings.model_dump_json(exclude=secrets).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        check=False,
    )
    if ran.returncode:
        said = ran.stdout.decode("utf-8", "replace").strip().splitlines()
        raise QABotError(said[-1] if said else f"The build ended with code {ran.returncode}.")


def main() -> int:
    """Build with the settings on standard input; the exit code is 0 when that went well."""
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    try:
        build_index(load_settings(**json.load(sys.stdin)))
    except QABotError as error:
        print(f"{error.message} {error.hint}".strip().replace("\n", " "))  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
