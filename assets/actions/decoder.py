"""A process of its own that decodes one image, sound or video: a bomb or a crash ends it and nothing else.

    python -I decoder.py '{"recipes": {"screen": 1600}, "pixels": ..., "memory": ..., "cpu_s": ...}' < image > answer
    python -I decoder.py '{"recipes": {"listen": 48000}, "demuxer": "wav", "codecs": [...], "seconds": ...}' < sound
    python -I decoder.py '{"recipes": {"play": 960}, "video": "mp4", "codecs": [...], "seconds": ...}' < video

The answer is a line of JSON, {"format", "width", "height", "files": [{"recipe", "bytes", "width", "height"}]}, then the
files' bytes one after another; of a sound, {"format", "codec", "duration_ms", "files": [{"recipe", "bytes"}]}. Width
and height are those of the upright first frame. Exit 3: it does not decode to its end; 4: too many pixels; 5: no sound
in it; 6: moving pictures in it; 7: several tracks; 8: too long; anything else: it broke a limit, or the decoder is at
fault. It imports nothing of the house; of videos the programs beside it know (`walker.py`, `watcher.py`, `player.py`).
"""

import contextlib
import io
import json
import resource
import runpy
import sys
import warnings
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av
    from PIL import Image

NO_IMAGE, TOO_LARGE, NO_SOUND, MOVING, SEVERAL, TOO_LONG = range(3, 9)
ORIENTATION = 0x0112
ENDLESS = 0x7FFF_0000
"""Sizes from here on are those of a WAV that was written without an end in sight."""
GUESSED = {"mp3", "aac", "wav"}
"""Demuxers that guess a length where none is told."""


def limit(memory: int, cpu_s: int) -> None:
    """Bind this process before it meets the bytes: address space, processor time, size of the answer, no core."""
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 2**28),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def look(order: dict[str, object]) -> int:
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


class Unfit(Exception):  # noqa: N818 - a fact about the file
    """The file is refused; its argument is the exit code."""


class Listening:
    """An Opus in WebM being made for one recipe: at most two channels, no metadata, the same bytes each time."""

    def __init__(self, bits: int, channels: int) -> None:
        """Begin it; `bits` are those of a second of each channel."""
        import av

        layout = "mono" if channels == 1 else "stereo"
        self.body = io.BytesIO()
        self.file = av.open(self.body, "w", format="webm", options={"fflags": "+bitexact"})
        quick = {"compression_level": "5"}
        self.track = self.file.add_stream("libopus", rate=48_000, layout=layout, options=quick)
        self.track.bit_rate = bits * min(channels, 2)
        self.evened = av.AudioResampler(format="s16", layout=layout, rate=48_000)
        self.samples = 0

    def add(self, frame: "av.AudioFrame | None") -> None:
        """Add decoded sound; None ends it."""
        for even in self.evened.resample(frame):
            even.pts, self.samples = self.samples, self.samples + even.samples
            self.file.mux(self.track.encode(even))
        if frame is None:
            self.file.mux(self.track.encode(None))
            self.file.close()


def listen(order: dict[str, object]) -> int:
    """Decode the sound on standard input to its end and write the answer."""
    import av
    import av.subtitles.stream  # what PyAV loads late

    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # whatever a file refers to, nothing is opened from here on
    codecs: list[str] = order["codecs"]  # type: ignore[assignment]
    recipes: dict[str, int] = order["recipes"]  # type: ignore[assignment]
    options = {"codec_whitelist": ",".join(codecs), "protocol_whitelist": "pipe"}
    demuxer = str(order["demuxer"])
    if not WHOLE.get(demuxer, bool)(sys.stdin.buffer):
        return NO_IMAGE
    try:
        sys.stdin.buffer.seek(0)
        with av.open(sys.stdin.buffer, "r", demuxer, options, metadata_errors="replace") as sound:
            track = only_track(sound, codecs)
            made = {recipe: Listening(bits, track.codec_context.channels) for recipe, bits in sorted(recipes.items())}
            seconds = heard(sound, track, list(made.values()), float(str(order["seconds"])))
            codec = track.codec_context.name
    except Unfit as problem:
        return int(problem.args[0])
    except (av.FFmpegError, ValueError, ArithmeticError):  # what PyAV raises for broken bytes
        return NO_IMAGE
    bodies = [one.body.getvalue() for one in made.values()]
    files = [{"recipe": recipe, "bytes": len(body)} for recipe, body in zip(made, bodies, strict=True)]
    answer = {"format": demuxer, "codec": codec, "duration_ms": round(seconds * 1000), "files": files}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(bodies))
    return 0


def only_track(sound: "av.container.InputContainer", codecs: list[str]) -> "av.AudioStream":
    """Give the one track of a sound; the picture of its cover is no moving picture, and is left out of what is made.

    Raises:
        Unfit: there is none, there are several, or there is more to it than sound.
    """
    from av.stream import Disposition

    if any(not one.disposition & Disposition.attached_pic for one in sound.streams.video):
        raise Unfit(MOVING)
    tracks = sound.streams.audio
    if len(tracks) != 1:
        raise Unfit(SEVERAL if tracks else NO_SOUND)
    context = tracks[0].codec_context
    if context.name not in codecs or not 1000 <= context.sample_rate <= 768_000 or not 1 <= context.channels <= 8:
        raise Unfit(NO_IMAGE)
    return tracks[0]


def whole_page(file: IO[bytes]) -> bool:
    """Tell whether the last page of an Ogg file is all there: its demuxer passes over one that was cut."""
    file.seek(max(0, file.seek(0, 2) - 65_307))  # as long as a page can be
    tail = file.read()
    start = tail.rfind(b"OggS")
    page = tail[start:]
    if start < 0 or len(page) < 27:
        return False
    return len(page) >= 27 + page[26] + sum(page[27 : 27 + page[26]])


def whole_chunk(file: IO[bytes]) -> bool:
    """Tell whether a WAV file holds as many samples as it says: its demuxer plays what there is."""
    end, place = file.seek(0, 2), 12
    while place + 8 <= end:
        file.seek(place)
        name, size = file.read(4), int.from_bytes(file.read(4), "little")
        if name == b"data":
            return place + 8 + size <= end or size >= ENDLESS
        place += 8 + size + size % 2
    return False


WHOLE = {"ogg": whole_page, "wav": whole_chunk}


def heard(sound: "av.container.InputContainer", track: "av.AudioStream", made: list[Listening], most_s: float) -> float:
    """Decode a track to its end, into what is made of it, and give its length in seconds.

    Raises:
        Unfit: it is longer than `most_s`, holds nothing, or less than it says: it was cut short.
    """
    says = sound.format.name not in GUESSED and track.duration and track.time_base
    told = float(track.duration * track.time_base) if says else 0.0  # type: ignore[operator]
    length = 0.0
    trial = Listening(48_000, track.codec_context.channels)
    for frame in sound.decode(track):
        if not length:
            trial.add(frame)  # so that what is kept can be made
        length += frame.samples / frame.sample_rate
        if length > most_s:
            raise Unfit(TOO_LONG)
        for one in made:
            one.add(frame)
    if not length or length < told - 0.2:
        raise Unfit(NO_IMAGE)
    for one in made:
        one.add(None)
    return length


def video(order: dict[str, Any]) -> int:
    """Decode the video on standard input to its end and write the answer."""
    walker, watcher, player = (
        runpy.run_path(str(Path(__file__).with_name(f"{name}.py"))) for name in ("walker", "watcher", "player")
    )
    broken: int = walker["WHOLE"][order["video"]](sys.stdin.buffer)
    if broken:
        return broken
    sys.stdin.buffer.seek(0)
    code: int = watcher["watch"](order, lambda image, side: packed(smaller(image, side), 1), player["Playing"])
    return code


if __name__ == "__main__":
    wanted = json.loads(sys.argv[1])
    limit(wanted["memory"], wanted["cpu_s"])
    sys.exit(video(wanted) if "video" in wanted else listen(wanted) if "demuxer" in wanted else look(wanted))
