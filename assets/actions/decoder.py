"""A process of its own that decodes one image: a bomb or a crash ends it and nothing else.

    python -I decoder.py '{"recipes": {"screen": 1600}, "pixels": ..., "memory": ..., "cpu_s": ...}' < image > answer

The answer is a line of JSON, {"format", "width", "height", "files": [{"recipe", "bytes", "width", "height"}]}, then the
files' bytes one after another. Width and height are those of the upright first frame. Exit 3: no image; 4: too many
pixels; anything else: it broke a limit, or the decoder is at fault. It imports nothing of the house.
"""

import contextlib
import io
import json
import resource
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

NO_IMAGE, TOO_LARGE = 3, 4
ORIENTATION = 0x0112


def limit(memory: int, cpu_s: int) -> None:
    """Bind this process before it meets the bytes: address space, processor time, size of the answer, no core."""
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 2**28),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def main(order: dict[str, object]) -> int:
    """Decode the image on standard input to its end and write the answer."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = int(str(order["pixels"]))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image: Image.Image = Image.open(sys.stdin.buffer, formats=("JPEG", "PNG", "WEBP", "GIF"))
        found = image.format
        image.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        return TOO_LARGE
    except (OSError, SyntaxError, ValueError, EOFError):  # what Pillow raises for broken bytes
        return NO_IMAGE
    turn = image.getexif().get(ORIENTATION, 1)
    width, height = image.size if turn not in {5, 6, 7, 8} else image.size[::-1]
    recipes: dict[str, int] = order["recipes"]  # type: ignore[assignment]
    files, bodies = [], []
    for recipe, side in sorted(recipes.items(), key=lambda one: -one[1]):
        image = smaller(image, side)  # each from the one before, so that the large one stands in memory once
        body, size = packed(image, turn)
        files.append({"recipe": recipe, "bytes": len(body), "width": size[0], "height": size[1]})
        bodies.append(body)
    answer = {"format": found, "width": width, "height": height, "files": files}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(bodies))
    return 0


def smaller(image: "Image.Image", side: int) -> "Image.Image":
    """Fit an image into a square of this side, in sRGB with or without an alpha channel; a small one keeps its size."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile") if image.mode in {"RGB", "RGBA"} else None
    if image.mode.startswith(("I", "F")):
        least, most = (float(str(bound)) for bound in image.convert("F").getextrema())  # 16 bits are scaled, not cut
        scale = 255 / ((most - least) or 1)
        image = image.convert("F").point(lambda value: value * scale + -least * scale).convert("L")
    if image.mode not in {"RGB", "RGBA"}:
        image = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    image.thumbnail((side, side))
    if profile:
        with contextlib.suppress(ImageCms.PyCMSError):  # a profile that does not read is passed over
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), inPlace=True)
    image.info = {}
    return image


def packed(image: "Image.Image", turn: int) -> tuple[bytes, tuple[int, int]]:
    """Write an image upright as WebP, without metadata."""
    from PIL import Image

    way = Image.Transpose
    turned = {
        2: way.FLIP_LEFT_RIGHT,
        3: way.ROTATE_180,
        4: way.FLIP_TOP_BOTTOM,
        5: way.TRANSPOSE,
        6: way.ROTATE_270,
        7: way.TRANSVERSE,
        8: way.ROTATE_90,
    }
    upright = image.transpose(turned[turn]) if turn in turned else image
    out = io.BytesIO()
    upright.save(out, "WEBP", quality=90, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return out.getvalue(), upright.size


if __name__ == "__main__":
    wanted = json.loads(sys.argv[1])
    limit(wanted["memory"], wanted["cpu_s"])
    sys.exit(main(wanted))
