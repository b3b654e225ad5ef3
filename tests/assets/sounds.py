"""Sounds, drawn for tests."""

import array
import io
import math
from functools import cache
from typing import Any

import av

FORMS = {
    "wav": ("wav", "pcm_s16le", "audio/wav"),
    "flac": ("flac", "flac", "audio/flac"),
    "mp3": ("mp3", "libmp3lame", "audio/mpeg"),
    "ogg": ("ogg", "libopus", "audio/ogg"),
    "m4a": ("ipod", "aac", "audio/mp4"),
    "aac": ("adts", "aac", "audio/aac"),
}
TAGS = {"title": "The caller is Ada", "artist": "A recorder with a name", "comment": "52.5200, 13.4050"}


def tone(form: str = "wav", seconds: float = 2, *, layout: str = "mono", tags: dict[str, str] | None = None) -> bytes:
    """Make a tone of 440 Hz."""
    container, codec, _media_type = FORMS[form]
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        file.metadata.update(tags or {})
        track: Any = file.add_stream(codec, rate=48_000, layout=layout)
        for start in range(0, int(seconds * 48_000), 4800):
            file.mux(track.encode(frame_at(start, layout)))
        file.mux(track.encode(None))
    return out.getvalue()


def frame_at(start: int, layout: str = "mono") -> av.AudioFrame:
    """Give a tenth of a second of the tone: 44 whole waves."""
    frame = av.AudioFrame(format="s16", layout=layout, samples=4800)
    frame.planes[0].update(_waves(len(frame.layout.channels)))
    frame.sample_rate, frame.pts = 48_000, start
    return frame


@cache
def _waves(channels: int) -> bytes:
    wave = [int(9000 * math.sin(math.tau * 440 * place / 48_000)) for place in range(4800)]
    return array.array("h", [one for one in wave for _ in range(channels)]).tobytes()


def film(*, sound: bool = True, tracks: int = 1, moving: bool = True, container: str = "mp4") -> bytes:
    """Make a file with moving pictures, with or without sound; or with several sound tracks, or with none."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        pictures: Any = file.add_stream("mpeg4", rate=10) if moving else None
        if pictures is not None:
            pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        heard: list[Any] = [file.add_stream("aac", rate=48_000, layout="mono") for _ in range(tracks if sound else 0)]
        for number in range(10):
            if pictures is not None:
                still = av.VideoFrame(64, 48, "yuv420p")
                still.pts = number
                file.mux(pictures.encode(still))
            for track in heard:
                file.mux(track.encode(frame_at(number * 4800)))
        for track in [*([pictures] if pictures is not None else []), *heard]:
            file.mux(track.encode(None))
    return out.getvalue()


def with_cover(picture: bytes) -> bytes:
    """Make an MP3 with a picture of its cover, as players write it: ID3v2.3, APIC."""
    body = b"\x00image/png\x00\x03\x00" + picture
    frame = b"APIC" + len(body).to_bytes(4, "big") + b"\x00\x00" + body
    size = bytes((len(frame) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    plain = tone("mp3")
    old = 10 + int.from_bytes(bytes(plain[6:10]), "big") if plain[:3] == b"ID3" else 0
    return b"ID3\x03\x00\x00" + size + frame + plain[old:]
