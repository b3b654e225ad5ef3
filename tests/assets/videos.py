"""Videos, drawn for tests: a light square wanders over a ground, to a tone."""

import io
import json
import subprocess
import sys
from fractions import Fraction
from functools import cache
from typing import Any

import av
from PIL import Image, ImageDraw

from tests.assets.sounds import frame_at

FORMS = {
    "mp4": ("mp4", "libx264", "aac", "video/mp4"),
    "vp8": ("webm", "libvpx", "libopus", "video/webm"),
    "vp9": ("webm", "libvpx-vp9", "libopus", "video/webm"),
    "av1": ("webm", "libsvtav1", None, "video/webm"),
}
TAGS = {"title": "<script>alert('Ada')</script>", "artist": "A camera with a name", "comment": "52.5200, 13.4050"}
QUICK = {"libx264": {"preset": "ultrafast"}, "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"}}
RATE = 10


@cache
def video(form: str = "mp4", seconds: float = 2, **how: Any) -> bytes:
    """Make a video, as `encoded` says; AV1 in a process of its own.

    Where root asks for AV1, SVT-AV1 leaves its caller in real time (SCHED_FIFO, 99), and with it whatever that starts
    later: two browsers then starve the machine.
    """
    if form != "av1":
        return encoded(form, seconds, **how)
    told = json.dumps({"form": form, "seconds": seconds} | how)
    return subprocess.run([sys.executable, "-m", __name__, told], stdout=subprocess.PIPE, check=True).stdout


def encoded(
    form: str,
    seconds: float,
    *,
    size: tuple[int, int] = (160, 96),
    sound: bool = True,
    tagged: bool = False,
    turned: int = 0,
    pixel: Fraction = Fraction(1),
    begins: int = 0,
    live: bool = False,
    dark: int = 0,
) -> bytes:
    """Make a video of ten pictures a second; `turned` is the angle that a player shows it at, against the clock.

    Its first picture comes `dark` tenths of a second after its sound.
    """
    container, codec, heard, _media_type = FORMS[form]
    out = io.BytesIO()
    options = {"live": "1"} if live else {}
    with av.open(out, "w", format=container, options=options) as file:
        file.metadata.update(TAGS if tagged else {})
        pictures: Any = file.add_stream(codec, rate=RATE, options=QUICK.get(codec, {}))
        pictures.width, pictures.height, pictures.pix_fmt = *size, "yuv420p"
        pictures.codec_context.sample_aspect_ratio = pixel
        track: Any = file.add_stream(heard, rate=48_000, layout="mono") if heard and sound else None
        if turned:
            pictures.set_display_rotation(turned)
        for number in range(round(seconds * RATE)):
            if number >= dark:
                file.mux(pictures.encode(shown_at(size, number, begins)))
            if track is not None:
                file.mux(track.encode(frame_at((number + begins) * 4800)))
        for one in (pictures, track):
            if one is not None:
                file.mux(one.encode(None))
    return out.getvalue()


def drawn(size: tuple[int, int], number: int) -> Image.Image:
    """Draw a picture of it: dark to begin with, white at the top left."""
    image = Image.new("RGB", size, "black" if number == 0 else "seagreen")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, size[0] // 4, size[1] // 4), fill="white")
    left = number * 5 % max(1, size[0] - 20)
    pen.rectangle((left, size[1] // 2, left + 19, size[1] // 2 + 19), fill="goldenrod")
    return image


def shown_at(size: tuple[int, int], number: int, begins: int = 0) -> av.VideoFrame:
    """Give a picture as a frame, at its time."""
    frame: av.VideoFrame = av.VideoFrame.from_image(drawn(size, number))  # type: ignore[no-untyped-call]
    frame.pts = number + begins
    return frame


def crowded(*, pictures: int = 1, sounds: int = 1, more: bool = False) -> bytes:
    """Make an MP4 with several tracks, or with one that is neither pictures nor sound."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        shown: list[Any] = [file.add_stream("libx264", rate=RATE) for _ in range(pictures)]
        for one in shown:
            one.width, one.height, one.pix_fmt = 64, 48, "yuv420p"
        heard: list[Any] = [file.add_stream("aac", rate=48_000, layout="mono") for _ in range(sounds)]
        told: Any = file.add_data_stream("bin_data") if more else None
        for number in range(10):
            for one in shown:
                file.mux(one.encode(shown_at((64, 48), number)))
            for one in heard:
                file.mux(one.encode(frame_at(number * 4800)))
        if told is not None:
            line = av.Packet(b"\x00\x05hello")
            line.stream, line.pts, line.dts, line.duration, line.time_base = told, 0, 0, 500, Fraction(1, 1000)
            file.mux(line)
        for one in (*shown, *heard):
            file.mux(one.encode(None))
    return out.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(encoded(**json.loads(sys.argv[1])))
