"""What files are refused for."""

from django.utils.translation import gettext_noop as _

from audit.errors import Refusal


class NotAnImage(Refusal):
    """The bytes are none of the kinds that can be shown, or do not decode to the end."""

    code = "not_an_image"
    sentence = _("This file is no whole JPEG, PNG, WebP or GIF image; send the original.")


class TooLarge(Refusal):
    """The file has more bytes or more pixels than this installation takes."""

    code = "too_large"
    sentence = _("This file is too large; send a smaller one.")


class NotMade(Refusal):
    """No worker has made the rendition yet, and others are being made just now."""

    code = "not_made"
    sentence = _("This picture is being prepared; look again in a moment.")


class Gone(Refusal):
    """The row is there and its bytes are not."""

    code = "asset_gone"
    sentence = _("The bytes of this file are gone; tell whoever runs this installation.")
