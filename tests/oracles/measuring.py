"""Work measures out with other people's libraries, once; what comes of it is kept beside this file.

python -m venv /tmp/oracles && /tmp/oracles/bin/pip install jiwer==4.0.0 scipy==1.17.1 scikit-learn==1.9.1 \
    pycocotools==2.0.11
/tmp/oracles/bin/python tests/oracles/measuring.py > tests/oracles/measures.json
"""

import json
import random
import sys

import jiwer
import numpy as np
from pycocotools import mask as coco
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import f1_score, jaccard_score

WORDS = ["the", "cat", "sat", "on", "mat", "dog", "ran", "far", "away", "today"]
LABELS = ["a", "b", "c", "d"]


def transcripts(rng: random.Random) -> dict:
    """Word error rates both ways, by jiwer."""
    one = [rng.choice(WORDS) for _ in range(rng.randint(1, 40))]
    other = [word for word in one if rng.random() > 0.2]
    other = [rng.choice(WORDS) if rng.random() < 0.2 else word for word in other] or ["the"]
    mine, its = " ".join(one), " ".join(other)
    return {"one": mine, "other": its, "rates": [jiwer.wer(mine, its), jiwer.wer(its, mine)]}


def boxes(rng: random.Random) -> dict:
    """Intersection over union by COCO, then the most pairs of equal label at 0.5 by the Hungarian algorithm."""

    def drawn() -> dict:
        return {
            "label": rng.choice("ab"), "x": rng.randint(0, 30), "y": rng.randint(0, 30),
            "width": rng.randint(1, 20), "height": rng.randint(1, 20),
        }  # fmt: skip

    one = [drawn() for _ in range(rng.randint(1, 12))]
    other = [moved(box, rng) for box in one if rng.random() > 0.2] + [drawn() for _ in range(rng.randint(0, 3))]
    if not other:
        other = [drawn()]
    sides = [[[float(box[side]) for side in ("x", "y", "width", "height")] for box in drawn] for drawn in (one, other)]
    ious = np.asarray(coco.iou(sides[0], sides[1], [0] * len(other)))
    fit = (ious >= 0.5) & np.array([[mine["label"] == its["label"] for its in other] for mine in one])
    rows, columns = linear_sum_assignment(fit.astype(float), maximize=True)
    return {"one": one, "other": other, "ious": ious.tolist(), "pairs": int(fit[rows, columns].sum())}


def moved(box: dict, rng: random.Random) -> dict:
    """Draw a box a little elsewhere."""
    return {**box, "x": max(0, box["x"] + rng.randint(-3, 3)), "width": max(1, box["width"] + rng.randint(-2, 2))}


def regions(rng: random.Random) -> dict:
    """Masks with their COCO text, and their intersection over union."""

    def drawn() -> np.ndarray:
        mask = np.zeros((17, 23), dtype=np.uint8, order="F")
        for _ in range(rng.randint(1, 3)):
            top, left = rng.randint(0, 14), rng.randint(0, 20)
            mask[top : top + rng.randint(1, 9), left : left + rng.randint(1, 9)] = 1
        return mask

    told = [coco.encode(drawn()) for _ in range(2)]
    iou = float(coco.iou([told[0]], [told[1]], [0])[0][0])
    rles = [{"size": list(one["size"]), "counts": one["counts"].decode()} for one in told]
    return {"one": rles[0], "other": rles[1], "iou": iou}


def label_sets(rng: random.Random) -> dict:
    """The Jaccard score of two label sets, by scikit-learn."""
    sets = [sorted(rng.sample(LABELS, rng.randint(0, 4))) for _ in range(2)]
    told = np.array([[label in labels for label in LABELS] for labels in sets])
    return {"one": sets[0], "other": sets[1], "jaccard": float(jaccard_score(*told, zero_division=1.0))}


def spans(rng: random.Random) -> dict:
    """The F1 of characters under labels, by scikit-learn."""

    def marked() -> list[dict]:
        starts = [rng.randint(0, 30) for _ in range(rng.randint(0, 5))]
        return [{"label": rng.choice("ab"), "start": start, "end": start + rng.randint(1, 9)} for start in starts]

    sides = [marked(), marked()]
    covered = np.array(
        [
            [
                any(s["label"] == label and s["start"] <= at < s["end"] for s in side)
                for label in "ab"
                for at in range(45)
            ]
            for side in sides
        ]
    )
    return {"one": sides[0], "other": sides[1], "f1": float(f1_score(*covered, zero_division=1.0))}


def main() -> None:
    """Write them all."""
    rng = random.Random(5)
    kinds = {kind.__name__: kind for kind in (transcripts, boxes, regions, label_sets, spans)}
    json.dump({name: [kind(rng) for _ in range(40)] for name, kind in kinds.items()}, sys.stdout, indent=0)


if __name__ == "__main__":
    main()
