"""What is played of a video, made while `watcher.py` decodes it. It imports nothing of the house."""

import io
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av
    import av.filter

BITS, BITS_OF_A_CHANNEL, FASTEST = 1_200_000, 48_000, 30
COLOURS = 6
"""SMPTE 170M, of the studio's range: what browsers take a video of this size to be where nothing is told."""


class Playing:
    """A VP9 and Opus in WebM being made: upright, 30 pictures a second, no metadata, the same bytes each time."""

    def __init__(
        self, first: "av.VideoFrame", size: tuple[int, int], turns: list[str], sound: "av.AudioStream | None"
    ) -> None:
        """Begin it from the first frame: its width and height, and by which steps a frame is turned upright."""
        import av

        self.size = size
        self.body = io.BytesIO()
        self.file = av.open(self.body, "w", format="webm", options={"fflags": "+bitexact"})
        quick = {"deadline": "realtime", "cpu-used": "8", "crf": "30"}
        self.track = self.file.add_stream("libvpx-vp9", rate=FASTEST, options=quick)
        self.track.width, self.track.height = self.size
        self.track.pix_fmt, self.track.bit_rate = "yuv420p", BITS
        self.track.codec_context.thread_count = 2
        self.track.codec_context.colorspace, self.track.codec_context.color_range = COLOURS, 1
        self.heard: av.AudioStream | None = None
        if sound is not None:
            channels = min(sound.codec_context.channels, 2)
            layout = "mono" if channels == 1 else "stereo"
            self.heard = self.file.add_stream("libopus", rate=48_000, layout=layout)
            self.heard.bit_rate = BITS_OF_A_CHANNEL * channels
            self.evened = av.AudioResampler(format="s16", layout=layout, rate=48_000)
            self.samples: int | None = None
        self.graph, self.way_in = self._graph(first, turns)

    def _graph(self, first: "av.VideoFrame", turns: list[str]) -> "tuple[av.filter.Graph, Any]":
        import av.filter

        graph = av.filter.Graph()
        way_in = graph.add_buffer(
            width=first.width, height=first.height, format=first.format, time_base=first.time_base
        )
        steps = [way_in, *(graph.add("transpose", way) for way in turns)]
        steps.append(graph.add("scale", f"{self.size[0]}:{self.size[1]}:out_color_matrix=bt601:out_range=tv"))
        steps += [graph.add("setsar", "1"), graph.add("fps", str(FASTEST)), graph.add("format", "yuv420p")]
        steps.append(graph.add("buffersink"))
        for before, after in pairwise(steps):
            before.link_to(after)
        graph.configure()
        return graph, way_in

    def show(self, frame: "av.VideoFrame | None") -> None:
        """Add a picture, its time counted from the beginning; None ends them."""
        import av

        self.way_in.push(frame)
        while True:
            try:
                even: Any = self.graph.pull()
            except (av.BlockingIOError, av.EOFError):
                break
            even.pict_type = 0
            self.file.mux(self.track.encode(even))

    def sound(self, frame: "av.AudioFrame | None", begin_s: float = 0.0) -> None:
        """Add sound, which begins so many seconds after the beginning; None ends it."""
        if self.heard is None:
            return
        if self.samples is None:
            self.samples = round(begin_s * 48_000)
        for even in self.evened.resample(frame):
            even.pts, even.time_base = self.samples, Fraction(1, 48_000)
            self.samples += even.samples
            self.file.mux(self.heard.encode(even))

    def end(self) -> bytes:
        """Finish it and give its bytes."""
        self.show(None)
        self.file.mux(self.track.encode(None))
        if self.heard is not None and self.samples is not None:
            self.sound(None)
            self.file.mux(self.heard.encode(None))
        self.file.close()
        return self.body.getvalue()
