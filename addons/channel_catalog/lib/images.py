"""Pictures on their way to a channel. No Odoo in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


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

    def note(self, checksum: str, external_id: str) -> None:
        """Keep what the channel calls it, in a transaction of its own."""
