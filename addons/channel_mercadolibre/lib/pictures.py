"""Pictures as they must be to be shown.

Source: developers.mercadolibre.com, "Working with pictures": at least 500 pixels on
one side, at most 10 MB.
"""

from __future__ import annotations

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_catalog.lib.images import Image, measure

MIN_PIXELS = 500
MAX_BYTES = 10_000_000


def check(image: Image) -> None:
    """:raises Rejected: it is certain that the picture is refused"""
    if len(image.data) > MAX_BYTES:
        raise Rejected("meli_image_large", "images", limit=MAX_BYTES // 1_000_000)
    size = measure(image.data)
    if size and max(size) < MIN_PIXELS:
        width, height = size
        raise Rejected(
            "meli_image_small",
            "images",
            text=f"{width} × {height}",
            names="",
        )
