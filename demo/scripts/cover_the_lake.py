"""The video of the photo guideline: a photo of the demo, whose lake is covered for a while, as its section asks.

python cover_the_lake.py. It writes a VP9 in WebM of six seconds, without sound, into the guideline's folder, under its
SHA-256, and prints that. Needs av and pillow alone; the same version of av gives the same bytes.
"""

import hashlib
import io
from pathlib import Path

import av
from PIL import Image, ImageDraw

GUIDELINE = Path(__file__).parent.parent / "guidelines" / "photos" / "2" / "files"
PHOTO = "9927ebb0f0d0c33bd731452e56055ea1fcf14728e4cdff7c3cd334a42d08f37a.jpg"
RATE, SECONDS = 10, 6
LAKE = (238, 310, 480, 480)
"""Where the lake is, in pixels: left, top, right, bottom."""
COMES, STAYS, GOES, GONE = 1.0, 2.0, 4.5, 5.5
PANEL = (122, 124, 128)


def covered(second: float) -> float:
    """Say which share of the lake is covered at a time, from 0 to 1."""
    if second < STAYS:
        return max(0.0, (second - COMES) / (STAYS - COMES))
    return min(1.0, max(0.0, (GONE - second) / (GONE - GOES)))


def picture(photo: Image.Image, second: float) -> Image.Image:
    """Draw the photo with the panel before its lake, which slides in from the right."""
    drawn = photo.copy()
    left, top, right, bottom = LAKE
    edge = right - round((right - left) * covered(second))
    if edge < right:
        ImageDraw.Draw(drawn).rectangle((edge, top, right, bottom), fill=PANEL)
    return drawn


def film(photo: Image.Image) -> bytes:
    """Make the video."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm", options={"fflags": "+bitexact"}) as file:
        track = file.add_stream("libvpx-vp9", rate=RATE, options={"crf": "36", "b": "0", "cpu-used": "2"})
        track.width, track.height = photo.size
        track.pix_fmt = "yuv420p"
        track.codec_context.thread_count = 1
        for number in range(RATE * SECONDS):
            frame = av.VideoFrame.from_image(picture(photo, number / RATE))  # type: ignore[no-untyped-call]
            frame.pts = number
            file.mux(track.encode(frame))
        file.mux(track.encode(None))
    return out.getvalue()


def main() -> None:
    """Write it."""
    with Image.open(GUIDELINE / PHOTO) as opened:
        body = film(opened.convert("RGB"))
    name = hashlib.sha256(body).hexdigest()
    (GUIDELINE / f"{name}.webm").write_bytes(body)
    print(f"sha256:{name}, {len(body)} bytes")


if __name__ == "__main__":
    main()
