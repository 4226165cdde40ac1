"""What is there of listings: items of an account, in the words of what was put.

Source: developers.mercadolibre.com, "Items and searches", "Item description".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from odoo.addons.channel_base.lib.errors import (
    AuthRequired,
    Rejected,
    format_problems,
    is_unreachable,
)
from odoo.addons.channel_base.lib.parallel import gather
from odoo.addons.channel_base.lib.reader import mapping, sequence
from odoo.addons.channel_base.lib.reader import moment as read_moment
from odoo.addons.channel_catalog.lib.images import ImageStore
from odoo.addons.channel_outgoing.lib.writer import Found, Target

from . import body as words
from .item import CLOSED
from .items import read_each, split_place
from .items_client import ItemsClient
from .keys import MAX_ATTRIBUTES, read_status
from .rewritten import put_back

Block = Mapping[str, Any]


class ListingReader:
    """Reads listings batch by batch.

    :param images: pictures by checksum; what the service calls one is its id
    """

    def __init__(self, client: ItemsClient, images: ImageStore):
        self.client = client
        self.images = images
        # Of the batch, by id: what was read, and why some was not
        self.items: dict[str, Block] = {}
        self.texts: dict[str, str] = {}
        self.unread: dict[str, Exception] = {}

    def find(self, targets: Sequence[Target]) -> Mapping[str, Found]:
        """What the account has, in the words of what was put. An item that is closed or
        gone is as it was put: it cannot be changed, and is not made anew by itself. So
        is one that cannot be read now, which keeps no other from being looked at.
        """
        known = [target for target in targets if target.external_id]
        self.items, unread = read_each(
            self.client, {split_place(one.external_id)[0] for one in known}
        )
        self.unread = dict(unread)
        self.texts = self._read_texts(known)
        checksums = [c for one in known for c in (one.taken or {}).get("images") or ()]
        names = {id_: c for c, id_ in self.images.get_all(checksums).items()}
        return {target.reference: self._found(target, names) for target in known}

    def _read_texts(self, targets: Iterable[Target]) -> dict[str, str]:
        """Descriptions, by id of the item, of those that have one of ours and were
        changed since; that of one without is empty. What cannot be read is absent.

        :raises ChannelError: none can be read
        """
        ids = [
            str(target.external_id)
            for target in targets
            if target.external_id in self.items
            and (target.taken is None or "description" in target.taken)
            and _is_later(self.items[str(target.external_id)], target.taken_at)
        ]
        answers = dict(zip(ids, gather(ids, self.read_text), strict=True))
        errors = [one for one in answers.values() if isinstance(one, Exception)]
        _raise_common(errors, len(ids))
        return {id_: one for id_, one in answers.items() if isinstance(one, str)}

    def read_text(self, item_id: str) -> str:
        """The description of an item; empty without one."""
        try:
            answer = self.client.description(item_id)
        except Rejected as error:
            if error.code != "not_found":
                raise
            return ""
        told = mapping(answer.body, "description").get("plain_text")
        return told if isinstance(told, str) else ""

    def _found(self, target: Target, checksums: Mapping[str, str]) -> Found:
        external_id = str(target.external_id)
        item_id, variation_id = split_place(external_id)
        if item_id in self.unread:
            return Found(external_id, target.taken or {})
        try:
            return self._read_found(target, checksums)
        except Rejected as error:
            self.unread[item_id] = error
            return Found(external_id, target.taken or {})

    def _read_found(self, target: Target, checksums: Mapping[str, str]) -> Found:
        external_id = str(target.external_id)
        item_id, variation_id = split_place(external_id)
        item = self.items.get(item_id)
        variation = find_variation(item, variation_id)
        if item is None or variation is None or item.get("status") == CLOSED:
            details = tell_details(item) if item else {}
            return Found(external_id, target.taken or {}, details)
        there = words.read_content(item, variation, self.texts.get(item_id), checksums)
        there = put_back(there, target.taken, target.rewritten or {})
        told = words.tell(
            target.taken, there, words.is_sold(item), words.is_settled(item)
        )
        return Found(external_id, told, tell_details(item))


def _is_later(item: Block, moment: datetime | None) -> bool:
    """Whether an item was changed after a moment (naive, in UTC), as far as one
    knows."""
    try:
        changed = read_moment(item.get("last_updated"), "last_updated")
    except Rejected:
        return True
    if changed is None or moment is None:
        return True
    # What is kept has no fractions of a second.
    return changed.replace(microsecond=0, tzinfo=None) >= moment


def _raise_common(errors: Iterable[Exception], total: int) -> None:
    """Raise what is the service's and no item's: nobody answers, or to nobody."""
    some = list(errors)
    for error in some:
        if isinstance(error, AuthRequired):
            raise error
    if len(some) > 1 and len(some) == total and all(map(is_unreachable, some)):
        raise some[0]


def find_variation(item: Block | None, variation_id: str) -> Block | None:
    """A variation of an item; nothing (empty) if none is asked for, None if it is
    gone."""
    if item is None:
        return None
    if not variation_id:
        return {}
    for row in sequence(item.get("variations"), "variations", MAX_ATTRIBUTES):
        block = mapping(row, "variations")
        if str(block.get("id")) == variation_id:
            return block
    return None


def tell_details(
    item: Block, warnings: Sequence[Rejected] | None = None
) -> dict[str, str]:
    """What else the service says of an item.

    :param warnings: None when it was not asked
    """
    details = {"url_id": str(item.get("id")), "status": read_status(item)}
    if warnings is not None:
        details["warnings"] = format_problems(warnings) if warnings else ""
    return details
