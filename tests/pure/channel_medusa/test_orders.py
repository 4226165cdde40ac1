"""The search: by date, and again what is open."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sandbox.medusa import MedusaSandbox

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_medusa.lib.client import MedusaClient
from odoo.addons.channel_medusa.lib.orders import MedusaOrders, lean, version

# The shop's clock is moved.
NOW = datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(days=1)


def walk(source: MedusaOrders, limit: int, cursor: dict[str, Any]) -> dict[str, Any]:
    """One pass: id → versions, in ``found``; and the cursor behind it."""
    found: dict[str, set[str]] = {}
    for _page in range(100):
        page = source.search(cursor, NOW - timedelta(days=2), NOW, limit)
        for reference in page.references:
            told = found.setdefault(reference.external_id, set())
            told |= set(reference.versions.values())
        cursor = page.cursor
        if not page.more:
            return {"found": found, "cursor": cursor}
    raise AssertionError("the search never ends")


def place(shop: MedusaSandbox, count: int, step: float = 0.01) -> list[str]:
    keys = []
    for _turn in range(count):
        shop.clock.advance(step)
        keys.append(shop.shop.place({"items": [{"sku": "A"}]})["id"])
    return keys


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
@pytest.mark.parametrize("step", [0.0, 0.01, 400])
def test_every_order_is_found(
    shop: MedusaSandbox, client: MedusaClient, limit: int, step: float
) -> None:
    """Also where many have the very same moment."""
    shop.clock.frozen = True
    keys = place(shop, 11, step)
    result = walk(MedusaOrders(client), limit, {})
    assert sorted(result["found"]) == keys
    # The next pass asks again for the last minutes, and no more.
    again = walk(MedusaOrders(client), limit, result["cursor"])
    assert set(again["found"]) <= set(keys)
    assert keys[-1] in again["found"]
    if step == 400:
        assert keys[0] not in again["found"]


def test_an_order_that_is_committed_late(
    shop: MedusaSandbox, client: MedusaClient
) -> None:
    source = MedusaOrders(client)
    early, late = place(shop, 2, 60)
    hidden = shop.shop.orders.pop(early)
    result = walk(source, 50, {})
    assert list(result["found"]) == [late]
    shop.shop.orders[early] = hidden
    assert early in walk(source, 50, result["cursor"])["found"]


def test_an_empty_shop_does_not_move_the_cursor_back(client: MedusaClient) -> None:
    source, cursor = MedusaOrders(client), {}
    starts = set()
    for _turn in range(4):
        cursor = walk(source, 50, cursor)["cursor"]
        starts.add(cursor["from"][:16])
    assert len(starts) <= 2


def test_a_capture_is_found_among_the_open_ones(
    shop: MedusaSandbox, client: MedusaClient
) -> None:
    keys = place(shop, 60, 0.001)
    first = walk(MedusaOrders(client), 50, {})
    shop.clock.advance(3600)
    place(shop, 1)
    shop.shop.capture(keys[3])
    quiet = walk(MedusaOrders(client), 50, first["cursor"])
    quiet = walk(MedusaOrders(client), 50, quiet["cursor"])
    assert keys[3] not in quiet["found"]
    asked = walk(MedusaOrders(client, open_ids=keys), 50, quiet["cursor"])
    assert max(asked["found"][keys[3]]) > max(first["found"][keys[3]])
    assert asked["found"][keys[4]] == first["found"][keys[4]]
    assert set(keys) <= set(asked["found"])


def test_a_version_grows_with_every_change(shop: MedusaSandbox) -> None:
    shop.clock.frozen = True
    [key] = place(shop, 1)
    line = shop.shop.order(key)["items"][0]["id"]
    seen = [version(shop.shop.order(key))]
    for change in (
        lambda: shop.shop.capture(key),
        lambda: shop.shop.refund(key, 10),
        lambda: shop.admin.fulfilment.create(
            key,
            {"items": [{"id": line, "quantity": 1}]},
        ),
    ):
        shop.clock.advance(1)
        change()
        seen.append(version(shop.shop.order(key)))
    assert seen == sorted(set(seen))


def test_one_sales_channel(shop: MedusaSandbox, client: MedusaClient) -> None:
    wish = {"items": [{"sku": "A"}], "sales_channel_id": "sc_pos"}
    other = shop.shop.place(wish)["id"]
    [mine] = place(shop, 1)
    source = MedusaOrders(client, "sc_web", [other])
    assert list(walk(source, 50, {})["found"]) == [mine]
    assert source.fetch(mine, {})["versions"].keys() == {mine}
    with pytest.raises(Rejected) as caught:
        source.fetch(other, {})
    assert caught.value.code == "other_sales_channel"


def test_what_is_kept_of_an_order() -> None:
    raw = {
        "total": 1.5,
        "raw_total": {"value": "1.5"},
        "items": [{"raw_quantity": {}, "quantity": 1}],
    }
    assert lean(raw) == {
        "total": 1.5,
        "items": [{"quantity": 1}],
    }
