"""The review project's inputs: sentences of product and film reviews, and what VADER says of each.

python predict_reviews.py SOURCES. VADER gives four numbers and no probability, so a logistic regression turns them
into one; it is fitted on the other nine tenths of the sentences each time (ten folds), never on the one it answers.
The people's ratings (-4 to 4, at least 15 a sentence) are the truth of the simulated team and are sent nowhere.
"""

import ast
import html
import io
import json
import random
import re
import sys
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

OUT = Path(__file__).parent.parent / "reviews"
MODEL = {"name": "vader-calibrated", "version": "3.3.2-1"}
LABELS = ["negative", "neutral", "positive"]
FILES = {"product": "amazonReviewSnippets", "film": "movieReviewSnippets"}
EACH, SHORTEST, LONGEST = 125, 30, 220
NEUTRAL_WITHIN = 0.75  # a mean rating nearer to 0 than this is neutral
FIRST_AT = datetime(2026, 11, 9, 6, 30, tzinfo=UTC)
# The demo is shown to anybody: sentences with these are left out. So are marks that came out of a lost encoding.
LEFT_OUT = re.compile(
    r"\b("
    r"sex\w*|porn\w*|rap(e|ed|ist)|nazi\w*|hitler|holocaust|suicid\w*|murder\w*|kill\w*|terroris\w*|"
    r"jew\w*|muslim\w*|christian\w*|gay\w*|lesbian\w*|black\w*|blax\w*|racis\w*|bitch\w*|whor\w*|slut\w*|"
    r"shit\w*|crap\w*|fuck\w*|damn\w*|ass(es|hole)?|hell|god|nud\w*|drug\w*|blood\w*|"
    r"torture\w*|retard\w*|erotic\w*|orgasm\w*|breast\w*|penis|genital\w*|bastard\w*|suck\w*|piss\w*"
    r")\b",
    re.IGNORECASE,
)


class Sentence(NamedTuple):
    """A sentence of a review; ratings run from -4 to 4, one a person."""

    external_id: str
    kind: str
    text: str
    ratings: list[int]


def rated_files(sources: Path) -> dict[str, list[list[str]]]:
    """The tab-separated rows of the files used, by file name."""
    with tarfile.open(next(sources.glob("vaderSentiment-3.3.2.tar.gz"))) as outer:
        inner = outer.extractfile("vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz")
        assert inner is not None
        content = inner.read()
    files = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for name in [f"{name}_{part}" for name in FILES.values() for part in ("anonDataRatings", "GroundTruth")]:
            file = archive.extractfile(f"hutto_ICWSM_2014/{name}.txt")
            assert file is not None
            lines = file.read().decode("utf-8-sig", "replace").splitlines()
            files[name] = [line.split("\t") for line in lines if line.strip()]
    return files


def sentences(sources: Path) -> Iterator[Sentence]:
    """Every sentence that both files of its kind have."""
    files = rated_files(sources)
    for kind, name in FILES.items():
        ratings = {row[0]: ast.literal_eval(row[3]) for row in files[f"{name}_anonDataRatings"] if len(row) == 4}
        for number, _mean, text in files[f"{name}_GroundTruth"]:
            if number in ratings:
                yield Sentence(f"{kind}-{number}", kind, text.strip(), ratings[number])


def truth_of(ratings: list[int]) -> str:
    mean = float(np.mean(ratings))
    return "neutral" if abs(mean) < NEUTRAL_WITHIN else "positive" if mean > 0 else "negative"


def readable(text: str) -> str:
    """In these files two single quotes stand for a double one, and some marks are still written as in HTML."""
    return re.sub(r"\s+", " ", html.unescape(text).replace("''", '"'))


def showable(text: str, ratings: list[int]) -> bool:
    return text.isascii() and SHORTEST <= len(text) <= LONGEST and not LEFT_OUT.search(text) and len(ratings) >= 15


def probabilities(found: list[Sentence]) -> np.ndarray:
    """One row a sentence, one column a label; product and film reviews each get weights of their own."""
    vader = SentimentIntensityAnalyzer()
    said = [vader.polarity_scores(sentence.text) for sentence in found]
    numbers = np.array([[s["compound"], abs(s["compound"]), s["pos"], s["neu"], s["neg"]] for s in said], float)
    film = np.array([[sentence.kind == "film"] for sentence in found], float)
    y = np.array([LABELS.index(truth_of(sentence.ratings)) for sentence in found])
    x = np.hstack([numbers, film, numbers * film])
    folds = StratifiedKFold(10, shuffle=True, random_state=3)
    return cross_val_predict(LogisticRegression(max_iter=5000), x, y, cv=folds, method="predict_proba")


def chosen(found: list[Sentence], rng: random.Random) -> list[int]:
    numbers: list[int] = []
    for kind in FILES:
        fit = [i for i, s in enumerate(found) if s.kind == kind and showable(s.text, s.ratings)]
        numbers += rng.sample(fit, EACH)
    rng.shuffle(numbers)
    return numbers


def item_of(sentence: Sentence, probability: np.ndarray, at: datetime) -> dict[str, object]:
    best = int(probability.argmax())
    return {
        "external_id": sentence.external_id,
        "model": MODEL,
        "prediction": {"labels": [LABELS[best]]},
        "confidence": round(float(probability[best]), 4),
        "scores": {LABELS[n]: round(float(probability[n]), 4) for n in np.argsort(-probability)},
        "data": {"text": readable(sentence.text)},
        "segments": {"kind": sentence.kind, "language": "en"},
        "impact": "normal",
        "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def main(sources: Path) -> None:
    found = list(sentences(sources))
    probability = probabilities(found)
    rng = random.Random(20261109)
    OUT.mkdir(exist_ok=True)
    at = FIRST_AT
    with (OUT / "items.jsonl").open("w") as items, (OUT / "truth.jsonl").open("w") as truth:
        for i in chosen(found, rng):
            sentence = found[i]
            print(json.dumps(item_of(sentence, probability[i], at)), file=items)
            answer = {"labels": [truth_of(sentence.ratings)]}
            known = {"external_id": sentence.external_id, "answer": answer, "ratings": sentence.ratings}
            print(json.dumps(known), file=truth)
            at += timedelta(seconds=rng.randint(60, 1800))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
