"""Pictures of products on their way to a channel."""

import mimetypes

from ..lib.images import Image
from .store import ChannelStore

# Where pictures of products are: model → field
PICTURES = {
    "product.template": "image_1920",
    "product.product": "image_variant_1920",
    "product.image": "image_1920",
}


class ChannelImages(ChannelStore):
    """The :class:`..lib.images.ImageStore` of a channel.

    Each question has a short transaction of its own, so that none is open while the
    channel is awaited and what was uploaded is known whatever becomes of the batch.
    """

    def load(self, checksum):
        with self._open() as env:
            found = env["ir.attachment"].search(
                [
                    ("checksum", "=", checksum),
                    ("res_model", "in", list(PICTURES)),
                    ("res_field", "in", list(PICTURES.values())),
                ],
                limit=1,
            )
            if not found or not found.raw:
                return None
            ending = mimetypes.guess_extension(found.mimetype or "") or ""
            return Image(f"{checksum}{ending}", found.mimetype, found.raw)

    def get(self, checksum):
        with self._open() as env:
            known = self._find(env, checksum)
            return known.external_id or None

    def get_all(self, checksums):
        with self._open() as env:
            known = env["sale.channel.image"].search_fetch(
                [
                    ("channel_id", "=", self.channel_id),
                    ("checksum", "in", list(checksums)),
                ],
                ["checksum", "external_id"],
            )
            return {one.checksum: one.external_id for one in known if one.external_id}

    def note(self, checksum, external_id):
        with self._open() as env:
            known = self._find(env, checksum)
            if known.external_id:
                # What was put with it is told apart by it.
                return
            if known:
                known.external_id = external_id
                return
            env["sale.channel.image"].create(
                {
                    "channel_id": self.channel_id,
                    "checksum": checksum,
                    "external_id": external_id,
                }
            )

    def _find(self, env, checksum):
        return env["sale.channel.image"].search(
            [("channel_id", "=", self.channel_id), ("checksum", "=", checksum)]
        )
