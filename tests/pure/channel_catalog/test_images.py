"""How large a picture is."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from odoo.addons.channel_catalog.lib.images import measure


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
@pytest.mark.parametrize("size", [(1, 1), (640, 480), (31, 2000)])
def test_size(kind: str, size: tuple[int, int]) -> None:
    data = io.BytesIO()
    Image.new("RGB", size).save(data, kind)
    assert measure(data.getvalue()) == size


def test_size_after_other_segments() -> None:
    data = io.BytesIO()
    Image.new("RGB", (640, 480)).save(data, "JPEG", exif=b"Exif\x00\x00" + b"x" * 5000)
    assert measure(data.getvalue()) == (640, 480)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_what_ends_too_early_has_no_size(kind: str) -> None:
    data = io.BytesIO()
    Image.new("RGB", (640, 480)).save(data, kind)
    for end in range(0, 30):
        measure(data.getvalue()[:end])
    assert measure(data.getvalue()[:5]) is None


@pytest.mark.parametrize(
    "data", [b"", b"RIFF\x00\x00\x00\x00WEBP", b"<svg/>", b"\xff\xd8"]
)
def test_anything_else_has_none(data: bytes) -> None:
    assert measure(data) is None
