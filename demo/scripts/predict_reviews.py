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
    r"\b(sex\w*|porn\w*|rap(e|ed|ist)\b|nazi\w*|hitler|holocaust|suicid\w*|murder\w*|kill\w*|terroris\w*|jew\w*|muslim\w*|christian\w*|gay\w*"
    r"|lesbian\w*|black\w*|blax\w*|racis\w*|bitch\w*|whor\w*|slut\w*|shit\w*|crap\w*|fuck\w*|damn\w*|ass(es|hole)?|hell|god|nud\w*|drug\w*|blood\w*"
    r"|torture\w*|retard\w*|erotic\w*|orgasm\w*|breast\w*|penis|genital\w*|bastard\w*|suck\w*|piss\w*)\b",
    re.IGNORECASE,
)


def sentences(sources: Path) -> Iterator[tuple[str, str, str, list[int]]]:
    """(external id, kind, text, ratings) of every sentence that both files of its kind have."""
    outer = tarfile.open(next(sources.glob("vaderSentiment-3.3.2.tar.gz")))
    inner = outer.extractfile("vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz")
    assert inner is not None
    archive = tarfile.open(fileobj=io.BytesIO(inner.read()))

    def rows(name: str) -> list[list[str]]:
        file = archive.extractfile(f"hutto_ICWSM_2014/{name}.txt")
        assert file is not None
        return [line.split("\t") for line in file.read().decode("utf-8-sig", "replace").splitlines() if line.strip()]

    for kind, name in FILES.items():
        ratings = {row[0]: ast.literal_eval(row[3]) for row in rows(f"{name}_anonDataRatings") if len(row) == 4}
        for number, _mean, text in rows(f"{name}_GroundTruth"):
            if number in ratings:
                yield f"{kind}-{number}", kind, text.strip(), ratings[number]


def truth_of(ratings: list[int]) -> str:
    mean = float(np.mean(ratings))
    return "neutral" if abs(mean) < NEUTRAL_WITHIN else "positive" if mean > 0 else "negative"


def readable(text: str) -> str:
    """In these files two single quotes stand for a double one, and some marks are still written as in HTML."""
    return re.sub(r"\s+", " ", html.unescape(text).replace("''", '"'))


def showable(text: str, ratings: list[int]) -> bool:
    return text.isascii() and SHORTEST <= len(text) <= LONGEST and not LEFT_OUT.search(text) and len(ratings) >= 15


def main(sources: Path) -> None:
    found = list(sentences(sources))
    vader = SentimentIntensityAnalyzer()
    said = [vader.polarity_scores(text) for _, _, text, _ in found]
    x = np.array([[s["compound"], abs(s["compound"]), s["pos"], s["neu"], s["neg"], row[1] == "film"] for s, row in zip(said, found, strict=True)], float)
    x = np.hstack([x, x[:, :5] * x[:, 5:]])  # product and film reviews each get weights of their own
    y = np.array([LABELS.index(truth_of(ratings)) for *_, ratings in found])
    folds = StratifiedKFold(10, shuffle=True, random_state=3)
    probability = cross_val_predict(LogisticRegression(max_iter=5000), x, y, cv=folds, method="predict_proba")

    rng = random.Random(20261109)
    chosen: list[int] = []
    for kind in FILES:
        chosen += rng.sample([i for i, (_, k, text, ratings) in enumerate(found) if k == kind and showable(text, ratings)], EACH)
    rng.shuffle(chosen)

    OUT.mkdir(exist_ok=True)
    at = FIRST_AT
    with (OUT / "items.jsonl").open("w") as items, (OUT / "truth.jsonl").open("w") as truth:
        for i in chosen:
            external_id, kind, text, ratings = found[i]
            best = int(probability[i].argmax())
            item = {
                "external_id": external_id,
                "model": MODEL,
                "prediction": {"labels": [LABELS[best]]},
                "confidence": round(float(probability[i][best]), 4),
                "scores": {LABELS[n]: round(float(probability[i][n]), 4) for n in np.argsort(-probability[i])},
                "data": {"text": readable(text)},
                "segments": {"kind": kind, "language": "en"},
                "impact": "normal",
                "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            print(json.dumps(item), file=items)
            print(json.dumps({"external_id": external_id, "answer": {"labels": [truth_of(ratings)]}, "ratings": ratings}), file=truth)
            at += timedelta(seconds=rng.randint(60, 1800))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
