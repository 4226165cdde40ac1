"""Pictures on their way to a channel. No Odoo in it."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

# Markers of a JPEG that begin a frame, which says how large it is
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


@dataclass(frozen=True)
class Image:
    """A picture as it is uploaded.

    :param name: of the file, with its ending
    """

    name: str
    mimetype: str
    data: bytes


class ImageStore(Protocol):
    """Pictures by checksum; none is uploaded twice to one channel.

    May be called without a transaction: it opens one of its own.
    """

    def load(self, checksum: str) -> Image | None:
        """The picture; None when it is not in Odoo any more."""

    def get(self, checksum: str) -> str | None:
        """What the channel calls it (an id or an address), if it was uploaded."""

    def get_all(self, checksums: Iterable[str]) -> Mapping[str, str]:
        """The same of several; those that were not uploaded are absent."""

    def note(self, checksum: str, external_id: str) -> None:
        """Keep what the channel calls it, in a transaction of its own."""


def measure(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF or JPEG; None of anything else, also of
    one that ends too early."""
    with suppress(struct.error, IndexError):
        if data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR":
            return struct.unpack(">II", data[16:24])
        if data[:6] in (b"GIF87a", b"GIF89a"):
            return struct.unpack("<HH", data[6:10])
        if data[:2] == b"\xff\xd8":
            return _measure_jpeg(data)
    return None


def _measure_jpeg(data: bytes) -> tuple[int, int] | None:
    position = 2
    while data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            # Segments may be preceded by any number of these.
            position += 1
            continue
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width, height
        (length,) = struct.unpack(">H", data[position + 2 : position + 4])
        position += 2 + length
    return None
