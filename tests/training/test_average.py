"""The average of readers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from qa_bot_training.average import average, shares
from qa_bot_training.base import read_about
from safetensors.torch import load_file, save_file

from qa_bot.errors import ModelError
from qa_bot.reading.checksums import sha256


def model(folder: Path, value: float, size: int = 3) -> Path:
    folder.mkdir()
    save_file({"a": torch.full((size,), value)}, folder / "model.safetensors")
    (folder / "config.json").write_text("{}")
    (folder / "dev_scores.json").write_text("{}")
    return folder


def test_each_weight_is_the_weighted_mean(tmp_path: Path) -> None:
    one, two = model(tmp_path / "one", 1.0), model(tmp_path / "two", 5.0)
    made = average({one: 3, two: 1}, tmp_path / "both")
    assert load_file(made / "model.safetensors")["a"].tolist() == [2.0, 2.0, 2.0]
    assert (made / "config.json").is_file()
    assert not (made / "dev_scores.json").exists()  # scores of another model
    assert [part["share"] for part in json.loads((made / "average.json").read_text())] == [
        0.75,
        0.25,
    ]


def added(folder: Path, value: float, encoder: str = "e") -> Path:
    folder.mkdir()
    pair = {"m.q.lora_A": torch.full((1, 3), value), "m.q.lora_B": torch.full((2, 1), -value)}
    save_file(pair, folder / "adapter.safetensors")
    files = {"model.safetensors": encoder, "tokenizer.json": "t"}
    about = {"rank": 1, "alpha": 1, "sha256": sha256(folder / "adapter.safetensors")}
    (folder / "adapter.json").write_text(json.dumps(about | {"encoder": files}))
    (folder / "calibration-second.json").write_text("{}")
    return folder


def test_additions_are_averaged_factor_by_factor(tmp_path: Path) -> None:
    one, two = added(tmp_path / "one", 1.0), added(tmp_path / "two", 3.0)
    made = average({one: 0.5, two: 0.5}, tmp_path / "both")
    weights = load_file(made / "adapter.safetensors")
    assert weights["m.q.lora_A"].tolist() == [[2.0, 2.0, 2.0]]
    assert weights["m.q.lora_B"].tolist() == [[-2.0], [-2.0]]
    assert read_about(made)["rank"] == 1  # its checksum is that of the new file
    assert not (made / "calibration-second.json").exists()
    assert not (made / "model.safetensors").exists()


def test_additions_to_another_encoder_are_refused(tmp_path: Path) -> None:
    one = added(tmp_path / "one", 1.0)
    for other in (added(tmp_path / "two", 3.0, "f"), model(tmp_path / "three", 1.0)):
        with pytest.raises(ModelError, match="another network"):
            average({one: 1, other: 1}, tmp_path / "both")
    (one / "adapter.json").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        average({one: 1, tmp_path / "two": 1}, tmp_path / "both")


CARD = """# Reader: one
Points at words.

## Initialisation
Folder `mini`

## Training
- 60,000 examples

## Data
| talks | CC0 |

## Scores
- squad2: 99.9 F1

## Limits
- English.
"""


@pytest.mark.parametrize("name", ["model_card.md", "README.md"])
def test_the_card_says_what_was_averaged_and_holds_no_scores(tmp_path: Path, name: str) -> None:
    one, two = model(tmp_path / "one", 1.0), model(tmp_path / "two", 5.0)
    (one / name).write_text(CARD)
    (two / name).write_text(CARD.replace("60,000", "70,000"))
    made = average({one: 3, two: 1}, tmp_path / "both")
    card = (made / "model_card.md").read_text()
    for row in json.loads((made / "average.json").read_text()):
        assert f"| `{row['folder']}` | {row['share']:.3f} | {row['sha256']} |" in card
    own, _, first = card.partition(f"## Of the first one, `{one}`")
    assert "60,000" not in own
    assert [line for line in first.splitlines() if line.startswith("#")] == [
        "### Initialisation",
        "### Training",
        "### Data",
        "### Limits",
    ]
    assert "99.9" not in card and "Scores" not in card and "70,000" not in card
    assert not (made / "README.md").exists()
    again = average({made: 1, two: 1}, tmp_path / "again")
    text = (again / "model_card.md").read_text()
    assert "### Averaged" in text and "#### Data" in text and "99.9" not in text


def test_without_a_card_the_average_says_so(tmp_path: Path) -> None:
    one, two = model(tmp_path / "one", 1.0), model(tmp_path / "two", 5.0)
    made = average({one: 1, two: 1}, tmp_path / "both")
    assert "It has no model card" in (made / "model_card.md").read_text()


def test_another_network_is_refused(tmp_path: Path) -> None:
    one, two = model(tmp_path / "one", 1.0), model(tmp_path / "two", 5.0, size=4)
    with pytest.raises(ModelError, match="another network"):
        average({one: 1, two: 1}, tmp_path / "both")
    with pytest.raises(ModelError, match="cannot be read"):
        average({one: 1, tmp_path / "none": 1}, tmp_path / "both")
    with pytest.raises(ModelError, match="two models"):
        average({one: 1}, tmp_path / "both")


def test_shares() -> None:
    assert shares(["a=0.6", "b"]) == {Path("a"): 0.6, Path("b"): 1.0}
    with pytest.raises(ModelError, match="no share"):
        shares(["a=much"])
