"""Guidelines with pictures, and their archives, in tests."""

import hashlib
import io
import stat
import zipfile
from pathlib import Path
from typing import Any

from accounts.reads import Actor
from assets.actions import store
from guidelines.actions import export_guideline
from guidelines.models import GuidelineVersion
from tests.assets.conftest import picture
from tests.guidelines.writing import GUIDELINE, SPLIT, TAXONOMY, copied, published
from tests.town import Town

Files = dict[str, bytes]


def pictured(town: Town, by: Actor, *, split: bool = False, **more: Any) -> GuidelineVersion:
    """Publish a guideline with two pictures, one with a part marked; `split` has its cats split."""
    document = copied(GUIDELINE)
    for number, (form, verdict) in enumerate((("PNG", "correct"), ("JPEG", "borderline"))):
        asset, _ = store(project=town.project, content=picture(form), by=by, at=town.now)
        shown = {"id": f"p{number}", "kind": "image", "verdict": verdict, "caption": "Sö – ‘this’.", "section": "toys"}
        regions = [{"x": 1, "y": 2, "width": 3, "height": 4, "note": "Here."}] if number else []
        document["examples"].append({**shown, "asset": f"sha256:{asset.sha256}", "alt": "A set", "regions": regions})
    document["sections"][0]["text"] = "Say it.\n\n- zwölf\r\n- *two*\n\n"
    document["acknowledge"] = {"questions": 2, "right": 1}
    if split:
        document["sections"][1]["label"] = "kitten"
        for example in document["examples"]:
            example.pop("label", None)
    return published(town, by, document, SPLIT if split else TAXONOMY, **more)


def zipped(town: Town, by: Actor, **which: Any) -> bytes:
    """Export a version as a zip."""
    out = io.BytesIO()
    export_guideline(project=town.project, by=by, at=town.now, **which).to_zip(out)
    return out.getvalue()


def within(archive: bytes) -> Files:
    """Give the files of a zip."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def summed(files: Files) -> Files:
    """Give files with the sums that they have now."""
    rest = {name: body for name, body in files.items() if name != "SHA256SUMS"}
    lines = [f"{hashlib.sha256(rest[name]).hexdigest()}  {name}\n" for name in sorted(rest)]
    return rest | {"SHA256SUMS": "".join(lines).encode()}


def repacked(files: Files, mode: int = stat.S_IFREG, method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """Zip files as somebody else's program would."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in files.items():
            entry = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            kind = stat.S_IFDIR if name.endswith("/") else mode
            entry.external_attr, entry.compress_type = (kind | 0o644) << 16, method
            archive.writestr(entry, body)
    out.seek(0)
    return out


def laid(files: Files, place: Path) -> Path:
    """Lay files out in a folder."""
    for name, body in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(body)
    return place
