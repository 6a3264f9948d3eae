"""The finished reader as a folder: fp16 safetensors, config, tokenizer, model card."""

from __future__ import annotations

import copy
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save_file

from qa_bot.reading.checksums import sha256
from qa_bot.reading.package import halved, let_all_read
from qa_bot_training import base
from qa_bot_training.adapters import trained
from qa_bot_training.dev_scores import in_words
from qa_bot_training.journal import duration
from qa_bot_training.mixture import Mixture
from qa_bot_training.negatives import JUDGED, KINDS, REWORDED
from qa_bot_training.recipe import Adapter, Recipe

_CLOSED = re.compile(
    r"\bNC(?=\b|\d)|non[- ]?commercial|unknown|proprietary|research.*only|all rights reserved",
    re.IGNORECASE,
)


def export(model: Any, tokenizer: Any, folder: Path, card: str) -> None:
    """Write the model in fp16 with its tokenizer and `model_card.md`; replaces `folder` whole.

    The model itself is left in the format it has. Raises ModelError when fp16 cannot hold it.
    """
    partial = folder.with_name(f".partial-{folder.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    half = halved({name: value.detach().cpu() for name, value in model.state_dict().items()})
    before = model.config.dtype
    model.save_pretrained(partial, state_dict=half)
    _say_half(partial / "config.json")
    model.config.dtype = before
    tokenizer.save_pretrained(partial)
    (partial / "model_card.md").write_text(card, encoding="utf-8")
    let_all_read(partial)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


def export_additions(
    model: Any, tokenizer: Any, adapter: Adapter, encoder: Path, folder: Path, card: str
) -> None:
    """Write what `qa_bot_training.base` merges into the encoder, a few MB; replaces `folder` whole.

    `encoder` is the folder that the run started from. Raises ModelError when fp16 cannot hold it.
    """
    half = halved(trained(model))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place:
        tokenizer.save_pretrained(place)
        shutil.copyfile(Path(place) / "tokenizer_config.json", folder / "tokenizer_config.json")
    config = copy.deepcopy(model.config)
    config.architectures = [type(model).__name__]
    config.save_pretrained(folder)
    _say_half(folder / "config.json")
    save_file(half, folder / base.WEIGHTS, metadata={"format": "pt"})
    about = {
        "rank": adapter.rank,
        "alpha": adapter.alpha,
        "sha256": sha256(folder / base.WEIGHTS),
        "encoder": {n: sha256(encoder / n) for n in base.TAKEN},
    }
    (folder / base.ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(card, encoding="utf-8")
    let_all_read(folder)


def model_card(
    mixture: Mixture,
    scores: Mapping[str, Mapping[str, float]],
    init: str,
    machine: str,
    examples: int,
    seconds: float,
    cooled: tuple[int, int] | None,
    curve: list[dict[str, Any]],
) -> str:
    """The card in Markdown: data with licences and counts, recipe, scores, time, limits."""
    r = mixture.recipe
    counts: dict[str, Counter[str]] = mixture.counts()
    total = sum(sum(kinds.values()) for kinds in counts.values())
    judged = sum(kinds[kind] for kinds in counts.values() for kind in JUDGED)
    known = sum(kinds[kind] for kinds in counts.values() for kind in ("answerable", REWORDED))
    unanswerable = total - judged - known
    lines = [
        f"# Reader: {r.name}",
        "",
        f"{r.description}. Reads a question and a passage and points at the words that answer it, "
        "or at no words (the first token) when the passage holds no answer.",
        "",
        "## Initialisation",
        origin(Path(init)),
        "",
        "## Training",
        f"- {examples:,} examples (windows) in {duration(seconds)} of training on {machine}.",
        f"- Window {r.window} tokens sharing {r.overlap}, questions cut at "
        f"{r.max_question_tokens} tokens, batch {r.batch}, seed {r.seed}.",
        f"- AdamW, peak learning rate {r.learning_rate:g}, weight decay {r.weight_decay:g}, "
        f"gradient clip {r.clip:g}, dropout {r.dropout:g}, "
        f"{100 * r.mask:g} % of passage tokens masked; {r.warmup_examples:,} examples of "
        "warm-up, a stable phase, "
        + (
            f"from {cooled[0]:,} a straight fall to zero over {cooled[1]:,}."
            if cooled
            else "no more."
        ),
        *(
            [
                f"- Trained: additions of rank {r.adapter.rank} (alpha {r.adapter.alpha:g}) to "
                "every linear layer of the encoder, and the span head; all else is the "
                "encoder's own"
                + (", multiplied in 8 bits where a CPU trains." if r.adapter.int8 else ".")
                + (_begun(Path(r.adapter.start)) if r.adapter.start else "")
            ]
            if r.adapter
            else []
        ),
        "- Loss: cross-entropy of start and end over passage tokens and the first token"
        + (
            f", mixed with a teacher (weight {r.distillation.weight:g}, temperature "
            f"{r.distillation.temperature:g}"
            + (", read in 8 bits by a CPU" if r.distillation.int8 else "")
            + (
                f", and {r.distillation.states:g} times what a linear map of the last hidden "
                "states leaves unexplained of the teacher's"
                if r.distillation.states
                else ""
            )
            + ")."
            if r.distillation
            else "."
        ),
        "",
        *(["## Teacher", origin(Path(r.distillation.teacher)), ""] if r.distillation else []),
        "## Data",
        f"One pass of the mixture is {total:,} examples, {100 * unanswerable / total:.0f} % of "
        f"them unanswerable"
        + (f", {100 * judged / total:.0f} % for the teacher to judge" if judged else "")
        + f"; {examples / total:.2f} passes were seen. {licences(r)} Passages and "
        "questions of the dev files are kept out.",
        "",
        "| data set | licence | answerable | unanswerable | sibling | BM25 | swapped | opposite "
        "| cut | reworded | unlabelled | altered |",
        "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for data in r.datasets:
        kinds = counts.get(data.name, Counter())
        columns = ("answerable", "unanswerable", *KINDS, REWORDED, *JUDGED)
        cells = " | ".join(f"{kinds.get(kind, 0):,}" for kind in columns)
        lines.append(f"| {data.name} | {data.licence} | {cells} |")
    lines += [
        "",
        "Sibling to cut are unanswerable examples made from answerable rows: the question with "
        "another passage of the same title, with a passage that BM25 ranks high, with one name or "
        "number exchanged, with a word turned into its opposite or a negation put in or taken out, "
        "and with its own passage less the sentence that answers. Reworded ones, with synonyms in "
        "the question, keep their row's label; those without an answer are among the "
        "unanswerable. Only a teacher judged "
        "unlabelled (questions with another passage, or of which the answering sentence alone is "
        "marked) and altered ones (words of the question left out or replaced). Counts are "
        "planned draws of one pass: where a row has no sibling, no name to exchange or no word "
        "to turn, a passage that BM25 ranks high takes the place.",
        *(
            f"{rows:,} rows of {name} were left out: a dev file has their passage or question."
            for name, rows in mixture.left_out.items()
        ),
        "",
        "## Scores",
        "Official SQuAD normalisation, per cent. `all`: with abstention at the best threshold on "
        "span minus null score of that very set; `answerable`: answerable questions, never "
        "abstaining.",
        "",
    ]
    lines += [f"- {name}: {in_words(dict(values))}." for name, values in scores.items()]
    if curve:
        lines += ["", f"Learning curve, fixed sample of {r.dev_sample} from {r.dev_sample_of}:", ""]
        lines += ["| examples | F1 all | EM all | F1 answerable |", "| --: | --: | --: | --: |"]
        lines += [
            f"| {row['examples']:,} | {row.get('f1_all', float('nan')):.1f} | "
            f"{row.get('em_all', float('nan')):.1f} | {row.get('f1', float('nan')):.1f} |"
            for row in curve
        ]
    lines += [
        "",
        "## Limits",
        "- Trained on the data sets above, in their languages, not on questions about speeches"
        + (
            f"; a teacher judged questions of other sets on {len(mixture.speeches)} passages of "
            "speeches."
            if mixture.speeches
            else "."
        ),
        "- Answers are one span; lists need a decoder that looks for several.",
        "- Scores are logits, not probabilities, until calibrated; the best threshold moves from "
        "one collection to another.",
        "- Made unanswerables are checked by rule, not by people: a few "
        "hold an answer in other words.",
        "",
    ]
    return "\n".join(lines)


def licences(recipe: Recipe) -> str:
    """Whether the licences that the recipe names allow the weights to be shipped.

    Example:
        >>> from qa_bot_training.recipe import DataSource
        >>> free = DataSource("talks", "CC BY 4.0")
        >>> licences(Recipe("mine", "", (free, DataSource("news", "CC BY-NC 4.0"))))
        'Not to be shipped: news is for non-commercial use only, or of unknown licence.'
    """
    closed = [d.name for d in recipe.datasets if not d.licence or _CLOSED.search(d.licence)]
    if not closed:
        return "Nothing non-commercial or of unknown licence."
    names = ", ".join(closed)
    verb = "is" if len(closed) == 1 else "are"
    return f"Not to be shipped: {names} {verb} for non-commercial use only, or of unknown licence."


def origin(folder: Path) -> str:
    """What a model folder says of itself: its name, its weights' checksum, its README or card."""
    words = f"Folder `{folder.resolve().name}`"
    weights = folder / "model.safetensors"
    if weights.is_file():
        words += f", weights sha256 {sha256(weights)}"
    for name in ("README.md", "model_card.md"):
        if (folder / name).is_file():
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
            lines = [line for line in text.splitlines() if line.strip()][:6]
            # Its headings would become headings of this card.
            quoted = [f"> {line.lstrip('# ')}" for line in lines]
            return "\n".join([words + ". It says of itself:", "", *quoted])
    return words + ". It has no README or model card: say here where it comes from."


def _begun(additions: Path) -> str:
    return f" They began as those of sha256 {sha256(additions / base.WEIGHTS)}."


def _say_half(config: Path) -> None:
    values = json.loads(config.read_text(encoding="utf-8"))
    values["dtype"] = "float16"
    config.write_text(json.dumps(values, indent=2, sort_keys=True) + "\n", encoding="utf-8")
