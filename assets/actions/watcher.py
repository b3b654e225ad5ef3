"""Moving pictures, decoded to their end by the program beside it (`decoder.py`), which has set its limits before.

The order: {"recipes": {"play": 960, "screen": 1600}, "video": "mp4" or "webm", "codecs": [...], "pixels", "seconds"}.
The answer: {"width", "height", "duration_ms", "files": [{"recipe", "bytes", "width", "height"}]}, then the bytes;
width and height are those of an upright frame in square pixels. Exit 3: it does not decode to its end; 4: too many
pixels; 5: no moving pictures in it; 7: more in it than one picture track and one sound track; 8: too long. It imports
nothing of the house.
"""

import json
import resource
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av
    import av.filter
    from PIL import Image

    Poster = Callable[[Image.Image, int], tuple[bytes, tuple[int, int]]]
    Player = Callable[[av.VideoFrame, tuple[int, int], list[str], av.AudioStream | None], Any]

NO_VIDEO, TOO_LARGE, STILL, _MOVING, MORE, TOO_LONG = range(3, 9)
LEAST_SIDE, USUAL_RATE = 16, 30
PLAY = "play"
DEMUXERS = {"mp4": "mp4", "webm": "matroska"}
TURNS: dict[int, list[str]] = {0: [], 90: ["cclock"], 180: ["clock", "clock"], 270: ["clock"]}


class Unfit(Exception):  # noqa: N818 - a fact about the file
    """The file is refused; its argument is the exit code."""


def turned(frame: "av.VideoFrame") -> int:
    """Say by how much a frame is to be turned against the clock to stand upright: 0, 90, 180 or 270 degrees."""
    return round(frame.rotation / 90) * 90 % 360


def upright(frame: "av.VideoFrame", shape: Fraction) -> tuple[int, int]:
    """Give width and height of a frame that stands upright, in square pixels; `shape` is that of a pixel of it."""
    wide = max(1, round(frame.width * shape))
    return (frame.height, wide) if turned(frame) in {90, 270} else (wide, frame.height)


def inside(whole: tuple[int, int], side: int) -> tuple[int, int]:
    """Fit a size into a square of this side, in even numbers; a small one keeps its size."""
    scale = min(Fraction(1), Fraction(side, max(whole)))
    width, height = (max(2, int(one * scale) // 2 * 2) for one in whole)
    return width, height


def watch(order: dict[str, Any], poster: "Poster", player: "Player") -> int:
    """Decode the video on standard input to its end and write the answer.

    `poster` makes a picture to fit a square, `player` begins what is played.
    """
    import av
    import av.filter
    import av.subtitles.stream  # what PyAV loads late
    from PIL import Image, ImageCms, WebPImagePlugin  # noqa: F401

    Image.preinit()
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # whatever a file refers to, nothing is opened from here on
    options = {"codec_whitelist": ",".join(order["codecs"]), "protocol_whitelist": "pipe"}
    try:
        with av.open(sys.stdin.buffer, "r", DEMUXERS[order["video"]], options, metadata_errors="replace") as video:
            seen = Watching(video, order, poster, player)
            seen.to_the_end()
    except Unfit as problem:
        return int(problem.args[0])
    except (av.FFmpegError, ValueError, ArithmeticError):  # what PyAV raises for broken bytes
        return NO_VIDEO
    sys.stdout.buffer.write(json.dumps(seen.answer()).encode() + b"\n" + b"".join(body for _, body, _ in seen.made))
    return 0


class Watching:
    """A video being decoded."""

    def __init__(
        self, video: "av.container.InputContainer", order: dict[str, Any], poster: "Poster", player: "Player"
    ) -> None:
        """Look at what is in it before anything is decoded.

        Raises:
            Unfit: there is more or less in it than one picture track and at most one sound track, or it is too large.
        """
        self.video, self.order, self.poster, self.player = video, order, poster, player
        self.picture, self.heard = tracks(video, order["codecs"], order["pixels"])
        self.shape = self.picture.sample_aspect_ratio or Fraction(1)
        self.size = (0, 0)
        self.begins_s = (video.start_time or 0) / 1_000_000
        self.length_s, self.last_s = 0.0, 0.0
        self.first: av.VideoFrame | None = None
        self.playing: Any = None
        self.early: list[tuple[Any, float]] = []
        self.still: Image.Image | None = None
        self.made: list[tuple[str, bytes, tuple[int, ...]]] = []

    def to_the_end(self) -> None:
        """Decode it, and make of it what is asked for.

        Raises:
            Unfit: it is too long, holds nothing, or less than it says: it was cut short.
        """
        for packet in self.video.demux([one for one in (self.picture, self.heard) if one is not None]):
            if packet.is_corrupt:
                raise Unfit(NO_VIDEO)
            for frame in packet.decode():
                self.frame(frame)
        told = float((self.picture.duration or 0) * (self.picture.time_base or 0))
        if self.first is None or not self.length_s or self.length_s < told - 0.5:
            raise Unfit(NO_VIDEO)
        still = self.still or pictured(self.first, self.size)
        for recipe, side in sorted(self.order["recipes"].items(), key=lambda one: -one[1]):
            if recipe != PLAY:
                self.made.append((recipe, *self.poster(still, side)))
        if self.playing is not None:
            self.made.append((PLAY, self.playing.end(), self.playing.size))

    def frame(self, frame: Any) -> None:
        """Take the next frame in, of pictures or of sound."""
        if frame.pts is None or frame.time_base is None or frame.is_corrupt:
            raise Unfit(NO_VIDEO)
        at_s = float(frame.pts * frame.time_base) - self.begins_s
        if hasattr(frame, "samples"):
            length = frame.samples / frame.sample_rate
            if self.playing is not None:
                self.playing.sound(frame, max(0.0, at_s))
            elif PLAY in self.order["recipes"]:
                self.early.append((frame, max(0.0, at_s)))  # sound that comes before the first picture
        else:
            length = self.shown(frame, at_s)
        self.length_s = max(self.length_s, at_s + length)
        if self.length_s > self.order["seconds"]:
            raise Unfit(TOO_LONG)

    def shown(self, frame: "av.VideoFrame", at_s: float) -> float:
        """Take a picture in, and give for how many seconds it stands."""
        if self.first is None:
            self.begin(frame)
        first: Any = self.first
        same = (frame.width, frame.height, frame.format.name) == (first.width, first.height, first.format.name)
        if not same or at_s < self.last_s - 0.001:
            raise Unfit(NO_VIDEO)
        self.last_s = max(0.0, at_s)
        if self.still is None and at_s >= self.later_s():
            self.still = pictured(frame, self.size)
        base = frame.time_base or Fraction(1, 1000)
        if self.playing is not None:
            frame.pts = (frame.pts or 0) - round(self.begins_s / base)
            self.playing.show(frame)
        rate = self.picture.average_rate or USUAL_RATE
        return min(1.0, float(frame.duration * base)) if frame.duration else float(1 / rate)

    def begin(self, frame: "av.VideoFrame") -> None:
        """Look at the first picture, which all others are like, and begin what is played.

        Raises:
            Unfit: it is too small or too large.
        """
        self.first, self.size = frame, upright(frame, self.shape)
        if min(self.size) < LEAST_SIDE:
            raise Unfit(NO_VIDEO)
        if frame.width * frame.height > self.order["pixels"] or max(self.size) > self.order["pixels"] // 256:
            raise Unfit(TOO_LARGE)
        if PLAY in self.order["recipes"]:
            size = inside(self.size, self.order["recipes"][PLAY])
            self.playing = self.player(frame, size, TURNS[turned(frame)], self.heard)
            for heard, heard_s in self.early:
                self.playing.sound(heard, heard_s)
            self.early.clear()

    def later_s(self) -> float:
        """Say from when on a frame may stand for the whole: a tenth in, for many a video begins in the dark."""
        told_s = (self.video.duration or 10_000_000) / 1_000_000
        return float(min(told_s, self.order["seconds"]) / 10)

    def answer(self) -> dict[str, Any]:
        """Say what was found and made."""
        width, height = self.size
        files = [
            {"recipe": recipe, "bytes": len(body), "width": size[0], "height": size[1]}
            for recipe, body, size in self.made
        ]
        return {"width": width, "height": height, "duration_ms": round(self.length_s * 1000), "files": files}


def pictured(frame: "av.VideoFrame", size: tuple[int, int]) -> "Image.Image":
    """Make a picture of a frame, upright and of this size."""
    from PIL import Image

    ways = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
    image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    image = image.transpose(ways[turned(frame)]) if turned(frame) else image
    return image if image.size == size else image.resize(size)


def tracks(
    video: "av.container.InputContainer", codecs: list[str], pixels: int
) -> "tuple[av.VideoStream, av.AudioStream | None]":
    """Give the picture track and the sound track of a video.

    Raises:
        Unfit: no pictures move in it, there is more in it, or it has a size or a codec that is not taken.
    """
    from av.stream import Disposition

    moving = [one for one in video.streams.video if not one.disposition & Disposition.attached_pic]
    if not moving:
        raise Unfit(STILL)
    heard = list(video.streams.audio)
    if len(moving) > 1 or len(heard) > 1 or len(video.streams) > len(moving) + len(heard):
        raise Unfit(MORE)
    for one in (*moving, *heard):
        if one.codec_context is None or one.codec_context.name not in codecs:
            raise Unfit(NO_VIDEO)
    picture = moving[0].codec_context
    if picture.width * picture.height > pixels:
        raise Unfit(TOO_LARGE)
    picture.options = {"max_pixels": str(pixels + 2**16)}  # a coded frame has whole blocks, and so a few more
    picture.thread_count = 2
    if heard:
        sound = heard[0].codec_context
        if not 1000 <= sound.sample_rate <= 768_000 or not 1 <= sound.channels <= 8:
            raise Unfit(NO_VIDEO)
    return moving[0], heard[0] if heard else None
