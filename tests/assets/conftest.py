"""Pictures, and a folder to hold them."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from PIL import Image


def picture(form: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **more: Any) -> bytes:
    """Draw a picture that is unlike in its corners."""
    image = Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 40).convert(mode)
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def turned(orientation: int) -> Image.Exif:
    """Give EXIF that tells a picture's orientation and its maker."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "A camera with a name"
    return exif


@pytest.fixture(autouse=True)
def storage(settings: LazySettings, tmp_path: Path) -> Path:
    """Give each test a folder of its own for files."""
    folder = tmp_path / "assets"
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": folder, "file_permissions_mode": 0o600}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    return folder
