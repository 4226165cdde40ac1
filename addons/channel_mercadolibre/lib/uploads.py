"""Pictures of listings on their way to the service.

Source: developers.mercadolibre.com, "Working with pictures".
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable

from odoo.addons.channel_base.lib.reader import mapping, required_identifier
from odoo.addons.channel_catalog.lib.images import ImageStore
from odoo.addons.channel_outgoing.lib.kind import Content

from . import pictures
from .items_client import ItemsClient


class Uploads:
    """Has pictures uploaded, none of them twice. Usable from several threads.

    :param images: pictures by checksum; what the service calls one is its id
    """

    def __init__(self, client: ItemsClient, images: ImageStore):
        self.client = client
        self.images = images
        # Of the batch: ids by checksum
        self._ids: dict[str, str] = {}
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def begin(self, contents: Iterable[Content]) -> None:
        """Look up what is there of the pictures of a batch, before it is uploaded."""
        checksums = [c for one in contents for c in one.get("images") or ()]
        self._ids = dict(self.images.get_all(checksums)) if checksums else {}

    def upload(self, content: Content) -> dict[str, str]:
        """The ids of a content's pictures, by checksum and in their order; what is not
        in Odoo any more is left out."""
        checksums = content.get("images") or ()
        ids = {one: self._upload_one(one) for one in checksums}
        return {checksum: id_ for checksum, id_ in ids.items() if id_}

    def _upload_one(self, checksum: str) -> str | None:
        with self._lock:
            lock = self._locks[checksum]
        # Variants share pictures, and are written at the same time.
        with lock:
            if known := self._ids.get(checksum):
                return known
            image = self.images.load(checksum)
            if image is None:
                return None
            pictures.check(image)
            answer = self.client.upload_picture(image.name, image.mimetype, image.data)
            id_ = required_identifier(mapping(answer.body, "picture").get("id"), "id")
            self.images.note(checksum, id_)
            self._ids[checksum] = id_
            return id_
