"""What files are refused for."""

from django.utils.translation import gettext_noop as _

from audit.errors import Refusal


class NotAnImage(Refusal):
    """The bytes are none of the kinds that can be shown, or do not decode to the end."""

    code = "not_an_image"
    sentence = _("This file is no whole JPEG, PNG, WebP or GIF image, and no sound; send the original.")


class NotASound(Refusal):
    """The bytes begin like a sound and do not decode to its end, or hold something else than one sound."""

    code = "not_a_sound"
    sentence = _("This file is no whole WAV, FLAC, MP3, Ogg or M4A sound; send the original.")


class NotAVideo(Refusal):
    """The bytes begin like a video and do not decode to their end, or hold something else than one video."""

    code = "not_a_video"
    sentence = _("This file is no whole MP4 (H.264, AAC) or WebM (VP8, VP9, AV1; Opus, Vorbis) video.")


class TooLong(Refusal):
    """The sound or video lasts longer than this installation takes."""

    code = "too_long"
    sentence = _("This sound is too long; send it in parts.")


class TooLarge(Refusal):
    """The file has more bytes or more pixels than this installation takes."""

    code = "too_large"
    sentence = _("This file is too large; send a smaller one.")


class NotMade(Refusal):
    """No worker has made the rendition yet, and others are being made just now."""

    code = "not_made"
    sentence = _("This file is being prepared; try again in a moment.")


class Gone(Refusal):
    """The row is there and its bytes are not."""

    code = "asset_gone"
    sentence = _("The bytes of this file are gone; tell whoever runs this installation.")
