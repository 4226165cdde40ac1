"""Pictures of products on their way to a channel."""

from .store import ChannelStore

IMAGES = "sale.channel.image"


class ChannelImages(ChannelStore):
    """The :class:`..lib.images.ImageStore` of a channel."""

    def load(self, checksum):
        return self._ask(IMAGES, "_load", checksum)

    def get(self, checksum):
        return self.get_all([checksum]).get(checksum)

    def get_all(self, checksums):
        return self._ask(IMAGES, "_get_known", checksums)

    def note(self, checksum, external_id):
        self._ask(IMAGES, "_note", checksum, external_id)
