"""Reading many items of an account at once.

Source: developers.mercadolibre.com, "Items and searches".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from odoo.addons.channel_base.lib.errors import ChannelError, Rejected, Retryable
from odoo.addons.channel_base.lib.parallel import gather
from odoo.addons.channel_base.lib.reader import sequence

from .items_client import MAX_IDS, ItemsClient

_GONE = (403, 404)
_GONE_CODES = ("forbidden", "not_found")

Block = Mapping[str, Any]
Bodies = dict[str, Block]
Errors = dict[str, ChannelError]


def read_items(
    client: ItemsClient, ids: Iterable[str], fields: Iterable[str] = ()
) -> Bodies:
    """Items by id; those that are gone, or another account's, are absent.

    :param fields: of the items; all when none is named
    :raises ChannelError: some cannot be read
    """
    bodies, errors = read_each(client, ids, fields)
    for error in errors.values():
        raise error
    return bodies


def read_each(
    client: ItemsClient,
    ids: Iterable[str],
    fields: Iterable[str] = (),
    seller: str = "",
) -> tuple[Bodies, Errors]:
    """Items by id, and why some cannot be read that are there; what is gone, or
    another account's, is in neither.

    :param fields: of the items; all when none is named
    :param seller: whose they are, if they are to be no others'
    :raises ChannelError: none can be read
    """
    rest, names = list(dict.fromkeys(ids)), tuple(fields)
    chunks = [rest[n : n + MAX_IDS] for n in range(0, len(rest), MAX_IDS)]
    bodies: Bodies = {}
    errors: Errors = {}
    for answer in gather(chunks, lambda chunk: _read_chunk(client, chunk, names)):
        if isinstance(answer, Exception):
            raise answer
        bodies.update(answer[0])
        errors.update(answer[1])
    if seller:
        bodies = {
            item_id: body
            for item_id, body in bodies.items()
            if str(body.get("seller_id", seller)) == seller
        }
    return bodies, errors


def _read_chunk(
    client: ItemsClient, ids: Sequence[str], fields: tuple[str, ...]
) -> tuple[Bodies, Errors]:
    """At most as many as a bulk reading takes; what is too large is read in halves."""
    try:
        answer = client.bulk_items(ids, fields)
    except Rejected as error:
        if len(ids) == 1:
            return {}, {} if error.code in _GONE_CODES else {ids[0]: error}
        half = len(ids) // 2
        first = _read_chunk(client, ids[:half], fields)
        second = _read_chunk(client, ids[half:], fields)
        return {**first[0], **second[0]}, {**first[1], **second[1]}
    bodies, told = _read_elements(ids, answer.body)
    errors: Errors = {}
    for item_id in ids:
        if item_id in told:
            continue
        # One that failed is asked for alone.
        try:
            body = client.item(item_id).body
        except Rejected as error:
            if error.code not in _GONE_CODES:
                errors[item_id] = error
        except Retryable as error:
            # The others answer: it is its own.
            errors[item_id] = Retryable(str(error), error.after, alone=True)
        else:
            if isinstance(body, dict) and body.get("id") == item_id:
                bodies[item_id] = body
            else:
                errors[item_id] = Rejected("payload_invalid", "id")
    return bodies, errors


def _read_elements(ids: Sequence[str], body: Any) -> tuple[Bodies, set[str]]:
    """Those of the elements of a bulk reading that are told: bodies, and ids of what
    was told, be it that it is gone."""
    bodies: Bodies = {}
    told: set[str] = set()
    for row in sequence(body, "items", limit=1000):
        if not isinstance(row, dict):
            continue
        block = row.get("body")
        block = block if isinstance(block, dict) else {}
        key = row.get("id") or block.get("id")
        if not isinstance(key, str) or key not in ids:
            continue
        status = row.get("status_code", row.get("code"))
        if status == 200 and block.get("id") == key:
            bodies[key] = block
            told.add(key)
        elif status in _GONE:
            told.add(key)
    return bodies, told


def split_place(external_id: str | None) -> tuple[str, str]:
    """The item of a listing, and the variation if it is one."""
    item_id, _mark, variation_id = (external_id or "").partition("/")
    return item_id, variation_id
