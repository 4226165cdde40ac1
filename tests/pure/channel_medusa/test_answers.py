"""Marks and deliveries, told once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import requests
from sandbox.medusa import MedusaSandbox

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_medusa.lib.answers import MedusaAnswers
from odoo.addons.channel_medusa.lib.client import MedusaClient
from odoo.addons.channel_order.lib.source import Parcel
from odoo.addons.channel_order.lib.statuses import split

SHIPPED = "fulfillment:shipped"


@pytest.fixture
def writer(client: MedusaClient) -> MedusaAnswers:
    return MedusaAnswers(client)


def place(shop: MedusaSandbox, *items: Any) -> tuple[str, list[str]]:
    rows = [{"sku": f"S{n}", "quantity": q} for n, q in enumerate(items)]
    order = shop.shop.place({"items": rows, "metadata": {"note": "x"}})
    return order["id"], [item["id"] for item in order["items"]]


def parcel(lines: dict[str, Any], reference: str = "odoo-1") -> Parcel:
    units = {key: Decimal(value) for key, value in lines.items()}
    return Parcel(reference, units, "TR-1", "https://track.example.com/TR-1")


def test_a_mark_is_left_and_read(shop: MedusaSandbox, writer: MedusaAnswers) -> None:
    key, _lines = place(shop, 1)
    assert "metadata:received" not in split(writer.read_status(key))
    writer.write_status(key, "metadata:received")
    assert "metadata:received" in split(writer.read_status(key))
    assert shop.shop.order(key)["metadata"]["note"] == "x"
    for status in ("payment:captured", "order:canceled", "metadata:", "x"):
        with pytest.raises(Rejected):
            writer.write_status(key, status)


def test_a_parcel(shop: MedusaSandbox, writer: MedusaAnswers) -> None:
    key, (one, two) = place(shop, 3, 1)
    assert writer.write_delivery(key, SHIPPED, parcel({one: 2}))
    assert not writer.write_delivery(key, SHIPPED, parcel({one: 2}))
    rest = parcel({one: 1, two: 1}, "odoo-2")
    assert writer.write_delivery(key, "fulfillment:delivered", rest)
    order = shop.shop.order(key)
    assert [len(f["items"]) for f in order["fulfillments"]] == [1, 2]
    [label] = order["fulfillments"][0]["labels"]
    assert label["tracking_number"] == "TR-1"
    assert label["tracking_url"] == "https://track.example.com/TR-1"
    assert [bool(f["delivered_at"]) for f in order["fulfillments"]] == [False, True]
    assert all(f["no_notification"] is True for f in order["fulfillments"])
    with pytest.raises(Rejected):
        writer.write_delivery(key, "fulfillment:canceled", rest)


@pytest.mark.parametrize("lost", ["fulfillments", "shipments", "mark-as-delivered"])
@pytest.mark.parametrize("processed", [True, False])
def test_a_process_that_dies_between(
    shop: MedusaSandbox, writer: MedusaAnswers, lost: str, processed: bool
) -> None:
    key, (line,) = place(shop, 2)
    rule = {"match": f"POST .*/{lost}$", "kind": "drop", "times": 1}
    rule["processed"] = processed
    requests.post(f"{shop.url}/_sandbox/faults", json=rule, timeout=5)
    wish = (key, "fulfillment:delivered", parcel({line: 2}))
    with pytest.raises(Retryable):
        writer.write_delivery(*wish)
    writer.write_delivery(*wish)
    [found] = shop.shop.order(key)["fulfillments"]
    assert found["shipped_at"] and found["delivered_at"]


def test_what_the_shop_s_people_fulfilled(
    shop: MedusaSandbox, writer: MedusaAnswers
) -> None:
    key, (line,) = place(shop, 3)
    by_hand = {"items": [{"id": line, "quantity": 2}]}
    shop.admin.fulfilment.create(key, by_hand)
    assert writer.write_delivery(key, SHIPPED, parcel({line: 3}))
    theirs, ours = shop.shop.order(key)["fulfillments"]
    assert not theirs["shipped_at"] and ours["shipped_at"]
    assert ours["items"][0]["quantity"] == 1
    assert not writer.write_delivery(key, SHIPPED, parcel({line: 3}, "odoo-2"))


def test_places_and_what_needs_no_shipping_apart(
    shop: MedusaSandbox, writer: MedusaAnswers
) -> None:
    key, (one, two, three) = place(shop, 1, 1, 1)
    shop.shop.order(key)["items"][2]["requires_shipping"] = False
    for row in shop.shop.reservations.values():
        row["location_id"] = "sloc_2" if row["line_item_id"] == two else "sloc_1"
    writer.write_delivery(key, SHIPPED, parcel({one: 1, two: 1, three: 1}))
    found = shop.shop.order(key)["fulfillments"]
    assert [f["location_id"] for f in found] == ["sloc_1", "sloc_2", "sloc_1"]
    assert [f["requires_shipping"] for f in found] == [True, True, False]


def test_an_unknown_line_is_left_out(
    shop: MedusaSandbox, writer: MedusaAnswers
) -> None:
    key, (line,) = place(shop, 1)
    assert not writer.write_delivery(key, SHIPPED, parcel({"gone": 1}))
    assert writer.write_delivery(key, SHIPPED, parcel({"gone": 1, line: 1}))
