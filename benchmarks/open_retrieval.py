"""Quality on speeches that are not ours: SQuAD 2.0 paragraphs as the corpus, open retrieval.

The same evaluation as ``qa-bot evaluate``, with every paragraph of the file as a document of its
own: the bot must find the right one among all of them, and say "not found" to the questions that
were written to have no answer in their paragraph.

    python benchmarks/open_retrieval.py --limit 300 --html open.html

Two things to know when reading the numbers: the questions were written with their paragraph in
view, so some do not say what they are about ("When did he die?"); and a question without an answer
in its own paragraph may have one in another.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qa_bot.cli import evaluate as command
from qa_bot.errors import QABotError

SQUAD = Path(__file__).resolve().parents[2] / "shared" / "data" / "dev" / "squad2.jsonl.gz"


def main() -> int:
    """Run ``qa-bot evaluate`` on the file; all its flags may be given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_arguments(parser)
    parser.set_defaults(test_set=SQUAD, limit=500)
    parser.epilog = None
    try:
        return command.run(parser.parse_args())
    except QABotError as error:
        print(f"{error.message}\n  {error.hint}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
