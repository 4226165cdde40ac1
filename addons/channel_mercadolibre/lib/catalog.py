"""All that an account sells.

Source: developers.mercadolibre.com, "Items and searches", "User Products".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.parallel import gather
from odoo.addons.channel_base.lib.reader import identifier, mapping, sequence
from odoo.addons.channel_base.lib.text import exact
from odoo.addons.channel_catalog.lib.remote import RemoteListing, RemotePage

from .item import CLOSED, MIGRATED, is_item_id, join_id, read_item
from .items import read_each, split_place
from .items_client import MAX_IDS_PAGE, ItemsClient
from .user_product import read_stock

# A scan is forgotten after five minutes: so often it is begun anew.
MAX_SCANS = 5

Block = Mapping[str, Any]


class MercadoLibreCatalog:
    """Reads all items of an account, and the variations of those of the former kind.

    Closed items are told as ended: nobody can ever buy them again.
    """

    def __init__(self, client: ItemsClient, seller: str):
        self.client = client
        self.seller = seller

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
        return self.client.take_calls()

    def read_page(self, cursor: Any, limit: int) -> RemotePage:
        """A page of at most :data:`MAX_IDS_PAGE` items.

        A search shows no more than the first thousand, so the account is scanned. A
        scan that was forgotten begins anew: what was seen stays seen.
        """
        scroll, scans = _position(cursor)
        size = max(1, min(limit, MAX_IDS_PAGE))
        try:
            ids, following = self._scan(scroll, size)
        except Rejected:
            if not scroll or scans >= MAX_SCANS:
                raise
            scans += 1
            ids, following = self._scan("", size)
        if not ids:
            return RemotePage(())
        page = self._read(ids)
        # What was closed is asked for again if it is known.
        listings = tuple(one for one in page.listings if not one.ended)
        after = {"scroll": following, "scans": scans} if following else None
        return RemotePage(listings, after, page.failed, page.unread)

    def read_some(self, external_ids: Collection[str]) -> RemotePage:
        """Some listings; those that were migrated by their new ids."""
        wanted = {split_place(external_id)[0] for external_id in external_ids}
        ids = sorted(one for one in wanted if is_item_id(one))
        return self._read(ids, set(external_ids))

    def _scan(self, scroll: str, size: int) -> tuple[list[str], str]:
        """Ids of the next page, and where the scan goes on; nothing at its end."""
        params: dict[str, Any] = {"search_type": "scan", "limit": size}
        if scroll:
            params["scroll_id"] = scroll
        answer = self.client.search_items(self.seller, **params)
        body = mapping(answer.body, "search")
        rows = sequence(body.get("results"), "results", limit=1000)
        ids = [identifier(one, "results") for one in rows]
        return [one for one in ids if one], exact(body.get("scroll_id"), 4000)

    def _read(self, ids: Sequence[str], wanted: Collection[str] = ()) -> RemotePage:
        """Items, and what they were migrated to.

        :param wanted: listings that may have moved
        """
        bodies, unread = self._bodies(ids)
        former: dict[str, tuple[str, ...]] = {}
        for item_id, body in bodies.items():
            if wanted and _is_migrated(body):
                try:
                    former.update(self._moved(item_id, wanted))
                except Rejected:
                    unread.append(item_id)
        for item_id in unread:
            bodies.pop(item_id, None)
        more = [one for one in former if one not in bodies]
        found, missing = self._bodies(more)
        bodies.update(found)
        listings: list[RemoteListing] = []
        unread += missing
        for item_id, body in bodies.items():
            try:
                listings += read_item(body, former)
            except Rejected:
                unread.append(item_id)
        listings, silent = self._add_kept(listings)
        unread += silent
        return RemotePage(tuple(listings), None, len(unread), tuple(unread))

    def _add_kept(
        self, listings: Sequence[RemoteListing]
    ) -> tuple[list[RemoteListing], list[str]]:
        """Tell how much of what is in Full with others beside it lies in Full.

        :return: the listings, and ids of those whose stock cannot be read
        :raises ChannelError: the service does not answer
        """
        beside = {one.stock_id for one in listings if one.stock_id}
        beside -= {one.stock_id for one in listings if one.stock_kept}
        wanted = sorted(beside)
        kept: dict[str, Any] = {}
        silent: set[str] = set()
        answers = gather(wanted, lambda product: read_stock(self.client, product))
        for product, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, Rejected):
                silent.add(product)
            elif isinstance(answer, Exception):
                raise answer
            else:
                kept[product] = answer.facility
        found = [
            replace(one, kept_quantity=kept[one.stock_id])
            if one.stock_id in kept
            else one
            for one in listings
            if one.stock_id not in silent
        ]
        lost = [one.external_id for one in listings if one.stock_id in silent]
        return found, lost

    def _moved(
        self, item_id: str, wanted: Collection[str]
    ) -> dict[str, tuple[str, ...]]:
        """What became of an item that was migrated: new item → ids that it had.

        :raises ChannelError: nobody can tell now
        """
        try:
            answer = self.client.migration(item_id)
        except Rejected as error:
            if error.code != "not_found":
                raise
            return {}
        rows = sequence(
            mapping(answer.body, "migration").get("new_items"), "new_items", limit=1000
        )
        found: dict[str, tuple[str, ...]] = {}
        for index, row in enumerate(rows):
            path = f"new_items[{index}]"
            block = mapping(row, path)
            new = identifier(block.get("new_item_id"), f"{path}.new_item_id")
            variation = identifier(block.get("variation_id"), f"{path}.variation_id")
            old = join_id(item_id, variation)
            if new and old in wanted:
                found[new] = (*found.get(new, ()), old)
        return found

    def _bodies(self, ids: Iterable[str]) -> tuple[dict[str, Block], list[str]]:
        """Bodies of items by id, and ids of those that are there but are not told."""
        bodies, errors = read_each(self.client, ids, seller=self.seller)
        return bodies, list(errors)


def _position(cursor: Any) -> tuple[str, int]:
    """Where a scan goes on, and how often it was begun anew."""
    if not isinstance(cursor, dict):
        return "", 0
    scroll, scans = cursor.get("scroll"), cursor.get("scans")
    return (
        scroll if isinstance(scroll, str) else "",
        scans if isinstance(scans, int) else 0,
    )


def _is_migrated(body: Block) -> bool:
    tags = body.get("tags")
    return body.get("status") == CLOSED and isinstance(tags, list) and MIGRATED in tags
