"""From a bundle to the shared words."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_mercadolibre.lib.parser import parse
from odoo.addons.channel_order.lib.amounts import expected_total

from tests.pure.channel_mercadolibre.payloads import (
    billing,
    bundle,
    item,
    order,
    payment,
    shipment,
)

PACK = 2000009955773085


def cart(*orders: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return bundle(*({**one, "pack_id": PACK} for one in orders), **changes)


def refused(payload: Any) -> Rejected:
    with pytest.raises(Rejected) as caught:
        parse(payload)
    return caught.value


def test_an_ordinary_order() -> None:
    # Through JSON, as the stored bundle travels.
    found = parse(json.loads(json.dumps(bundle())))
    assert found.external_id == found.number == found.url_id == "2000013770481964"
    assert found.status == "paid"
    assert found.currency == "ARS"
    assert found.site == "MLA"
    assert found.seller_id == "3104829965"
    assert found.placed_at == datetime(2026, 10, 3, 13, 15, 30)
    assert found.goods_total == Decimal("104480.2")
    assert found.tags == {"paid", "not_delivered", "catalog"}
    assert found.complete
    (line,) = found.lines
    assert line.external_id == "2000013770481964"
    assert line.sku == "CAJA-040"
    assert line.quantity == 2
    assert line.unit_price == Decimal("52240.1")
    assert line.full_unit_price == Decimal("54990.0")
    assert line.fee == Decimal("5746.0")
    (paid,) = found.payments
    assert (paid.method, paid.status, paid.installments) == ("master", "approved", 3)
    assert paid.amount == Decimal("104480.2")
    assert paid.shipping == Decimal("1200.5")
    assert paid.approved_at == datetime(2026, 10, 3, 13, 15, 31)
    assert found.buyer.external_id == "9223372036854775"
    assert found.buyer.nickname == "ZULMA_TORVANE"
    assert found.buyer.name == "Zulma Torvane"
    assert found.buyer.complete
    assert found.buyer.identity
    assert found.buyer.identity.external_id == "776121809365303355"


def test_a_cart_is_one_order_with_a_line_for_each_of_its_orders() -> None:
    found = parse(
        cart(
            order(11, total_amount=100.1, order_items=[item(unit_price=50.05)]),
            order(
                12,
                total_amount=30,
                order_items=[item(unit_price=30, quantity=1)],
                date_created="2026-10-03T09:15:29.000-04:00",
                tags=["pack_order"],
            ),
        )
    )
    assert found.external_id == str(PACK)
    assert [line.external_id for line in found.lines] == ["11", "12"]
    assert found.goods_total == Decimal("130.1")
    assert found.placed_at == datetime(2026, 10, 3, 13, 15, 29)
    assert "pack_order" in found.tags


@pytest.mark.parametrize(
    ("tags", "fraud", "test"),
    [
        ([], False, False),
        (["paid", "fraud_risk_detected"], True, False),
        (["test_order"], False, True),
        (["fraud_risk", "TEST_ORDER"], False, False),
    ],
)
def test_a_warning_and_a_test_of_one_order_are_the_cart_s(
    tags: list[str], fraud: bool, test: bool
) -> None:
    found = parse(cart(order(11, tags=["paid"]), order(12, tags=tags)))
    assert (found.fraud_warning, found.is_test) == (fraud, test)


def test_several_items_of_one_order_have_ids_of_their_own() -> None:
    found = parse(bundle(order(11, order_items=[item(), item(), item()])))
    assert [ln.external_id for ln in found.lines] == ["11", "11-2", "11-3"]


def test_cancelled_orders_of_a_cart_are_left_out() -> None:
    found = parse(cart(order(11, status="cancelled"), order(12, total_amount=104480.2)))
    assert [line.external_id for line in found.lines] == ["12"]
    assert found.goods_total == Decimal("104480.2")
    assert found.status == "paid"
    assert len(found.payments) == 1


def test_a_cart_that_is_cancelled_as_a_whole_keeps_its_lines() -> None:
    found = parse(cart(order(11, status="cancelled"), order(12, status="cancelled")))
    assert found.status == "cancelled"
    assert len(found.lines) == 2


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("paid", "paid"), "paid"),
        (("paid", "payment_in_process"), "payment_in_process"),
        (("partially_refunded", "paid"), "partially_refunded"),
        (("paid", "awaiting_marketplace_review"), "awaiting_marketplace_review"),
    ],
)
def test_the_least_settled_order_decides(
    statuses: tuple[str, str], expected: str
) -> None:
    orders = [order(11 + i, status=status) for i, status in enumerate(statuses)]
    assert parse(cart(*orders)).status == expected
    assert parse(cart(*reversed(orders))).status == expected


def test_the_sku_may_be_in_the_custom_field() -> None:
    product = {**item()["item"], "seller_sku": None, "seller_custom_field": "OLD-1"}
    assert parse(bundle(order(order_items=[item(item=product)]))).lines[0].sku == (
        "OLD-1"
    )


def test_a_marketplace_coupon_reduces_nothing() -> None:
    found = parse(bundle(order(coupon={"id": "55", "amount": 5000})))
    assert found.seller_discount == 0
    assert found.goods_total == Decimal("104480.2")


def test_a_coupon_that_the_total_already_lacks_is_the_sellers() -> None:
    found = parse(
        bundle(order(coupon={"id": "55", "amount": 480.2}, total_amount=104000))
    )
    assert found.seller_discount == Decimal("480.2")
    assert found.goods_total == Decimal("104480.2")
    lines = sum(ln.unit_price * ln.quantity for ln in found.lines)
    assert lines == found.goods_total
    assert expected_total(found) == Decimal("104000")
    assert expected_total(found, Decimal("1200.5")) == Decimal("105200.5")


def test_a_discount_of_one_order_of_a_cart() -> None:
    coupon = {"id": "55", "amount": 480.2}
    first = order(11, coupon=coupon, total_amount=104000)
    found = parse(cart(first, order(12, coupon=coupon)))
    assert found.goods_total == Decimal("208960.4")
    assert found.seller_discount == Decimal("480.2")
    assert expected_total(found) == Decimal("104000") + Decimal("104480.2")


def test_the_channels_total_is_not_recomputed() -> None:
    assert parse(bundle(order(total_amount=1))).goods_total == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"order_items": [item(quantity=0)]}, "orders[0].order_items[0].quantity"),
        ({"order_items": [item(quantity=-1)]}, "orders[0].order_items[0].quantity"),
        (
            {"order_items": [item(unit_price=-0.01)]},
            "orders[0].order_items[0].unit_price",
        ),
        ({"order_items": [item(sale_fee=-1)]}, "orders[0].order_items[0].sale_fee"),
        ({"total_amount": -5}, "orders[0].total_amount"),
        (
            {"payments": [payment(transaction_amount=-5)]},
            "orders[0].payments[0].transaction_amount",
        ),
    ],
)
def test_impossible_amounts(change: dict[str, Any], field: str) -> None:
    error = refused(bundle(order(**change)))
    assert (error.code, error.field) == ("amount_invalid", field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"order_items": []}, "orders[0].order_items"),
        ({"order_items": None}, "orders[0].order_items"),
        ({"order_items": {}}, "orders[0].order_items"),
        ({"order_items": ["x"]}, "orders[0].order_items[0]"),
        (
            {"order_items": [item(unit_price="52240,10")]},
            "orders[0].order_items[0].unit_price",
        ),
        (
            {"order_items": [item(unit_price=None)]},
            "orders[0].order_items[0].unit_price",
        ),
        (
            {"order_items": [item(unit_price=True)]},
            "orders[0].order_items[0].unit_price",
        ),
        (
            {"order_items": [item(unit_price=float("nan"))]},
            "orders[0].order_items[0].unit_price",
        ),
        ({"total_amount": 1e300}, "orders[0].total_amount"),
        ({"total_amount": 10**400}, "orders[0].total_amount"),
        ({"date_created": None}, "orders[0].date_created"),
        ({"date_created": "2026-10-03T09:15:30"}, "orders[0].date_created"),
        ({"date_created": "2026-13-03T09:15:30Z"}, "orders[0].date_created"),
        ({"buyer": []}, "orders[0].buyer"),
        ({"tags": {"paid": 1}}, "orders[0].tags"),
        ({"status": None}, "orders[0].status"),
        ({"status": {}}, "orders[0].status"),
        ({"currency_id": 5.5, "order_items": [item()]}, None),
        ({"payments": [payment(id="../../etc")]}, "orders[0].payments[0].id"),
    ],
)
def test_wrong_types_name_the_field(change: dict[str, Any], field: str | None) -> None:
    error = refused(bundle(order(**change)))
    if field is None:
        assert error.code in ("payload_invalid", "mixed_currencies")
    else:
        assert (error.code, error.field) == ("payload_invalid", field)


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({"currency_id": "USD", "order_items": [item(currency_id="USD")]}, "currenc"),
        ({"seller": {"id": 5}}, "sellers"),
        ({"buyer": {"id": 5}}, "buyers"),
        ({"order_items": [item(currency_id="USD")]}, "currenc"),
    ],
)
def test_a_cart_has_one_currency_one_seller_one_buyer(
    second: dict[str, Any], code: str
) -> None:
    assert code in refused(cart(order(11), order(12, **second))).code


def test_an_order_of_another_account_is_refused() -> None:
    assert refused(bundle(order(seller={"id": 5}))).code == "mixed_sellers"


@pytest.mark.parametrize("payload", [None, [], "x", 5, {}, {"schema": 2}])
def test_what_is_no_bundle(payload: Any) -> None:
    assert refused(payload).code == "payload_invalid"


def test_a_partial_answer_is_marked() -> None:
    bare = order(buyer={"id": 9223372036854775})
    found = parse(bundle(bare, partial=["buyer", "feedback"]))
    assert not found.buyer.complete
    assert not found.complete
    assert found.buyer.external_id == "9223372036854775"
    assert found.buyer.nickname == ""
    only_feedback = parse(bundle(partial=["feedback"]))
    assert only_feedback.complete
    assert only_feedback.buyer.complete


NO_SHIPMENT = {"shipment": {"data": None}}


@pytest.mark.parametrize(
    ("changes", "rest", "complete"),
    [
        ({}, {}, True),
        ({}, NO_SHIPMENT, False),
        ({"tags": ["paid", "no_shipping"]}, NO_SHIPMENT, True),
        ({"status": "payment_required"}, NO_SHIPMENT, True),
        ({"status": "cancelled"}, NO_SHIPMENT, True),
        ({"status": "cancelled"}, {**NO_SHIPMENT, "partial": ["shipment"]}, True),
        ({"status": "payment_in_process"}, {"partial": ["shipment"]}, False),
        ({}, {"partial": ["shipment"]}, False),
        ({}, {"partial": ["order:12"]}, False),
        ({}, {"partial": ["pack"]}, False),
        ({}, {"partial": ["billing"]}, False),
        ({"status": "cancelled"}, {"partial": ["buyer"]}, False),
        ({"buyer": None}, {}, False),
    ],
)
def test_what_makes_an_order_complete(
    changes: dict[str, Any], rest: dict[str, Any], complete: bool
) -> None:
    assert parse(bundle(order(**changes), **rest)).complete is complete


def test_a_cart_travels_unless_none_of_its_orders_does() -> None:
    handed = {"tags": ["paid", "no_shipping"]}
    mixed = cart(order(11, **handed), order(12), **NO_SHIPMENT)
    assert not parse(mixed).complete
    assert parse(cart(order(11, **handed), order(12, **handed), **NO_SHIPMENT)).complete


def test_billing_that_is_being_prepared_leaves_the_order_complete() -> None:
    number = {"type": "PROCESSING", "number": None}
    data = {"format": "new", "data": billing(identification=number)}
    found = parse(bundle(billing=data))
    assert found.complete
    assert found.buyer.identity
    assert found.buyer.identity.pending


def test_the_buyer_is_known_from_elsewhere_when_the_order_lacks_it() -> None:
    bare = order(buyer=None)
    found = parse(bundle(bare))
    assert found.buyer.external_id == "9223372036854775"
    assert not found.buyer.complete
    nothing = {"billing": {"format": "none", "data": None}, "shipment": {"data": None}}
    error = refused(bundle(bare, **nothing))
    assert (error.code, error.field) == ("payload_invalid", "orders[0].buyer.id")


def test_a_payment_that_two_orders_show_counts_once() -> None:
    shared = payment(order_id=11)
    found = parse(cart(order(11, payments=[shared]), order(12, payments=[shared])))
    assert len(found.payments) == 1


def test_approved_payments_come_first_then_by_date() -> None:
    def at(day: int | None) -> str | None:
        return day and f"2026-10-{day:02}T09:15:31.000-04:00"

    states = [
        (1, "rejected", None),
        (2, "approved", 9),
        (3, "refunded", 2),
        (4, "approved", None),
        (5, "approved", 4),
        (6, "pending", None),
    ]
    payments = [
        payment(id=number, status=status, date_approved=at(day))
        for number, status, day in states
    ]
    found = parse(cart(order(11, payments=payments[:3]), order(12, payments=payments)))
    ids = [one.external_id for one in found.payments]
    assert ids == ["5", "2", "4", "3", "1", "6"]


def test_old_phones_and_mail() -> None:
    old = {
        **order()["buyer"],
        "email": "zulma@example.com",
        "phone": {"area_code": "11", "number": "5550-0199", "verified": True},
        "alternative_phone": "XXXXXXX",
    }
    buyer = parse(bundle(order(buyer=old))).buyer
    assert buyer.email == "zulma@example.com"
    assert buyer.phone == "11 5550-0199"
    assert buyer.alternative_phone == ""


@pytest.mark.parametrize(
    "sku", ["A  1", "A\u00a01", " A1", "A1\t", "S" * 200, "XXXX", "0", "MARI\u0301A"]
)
def test_keys_are_as_they_came(sku: str) -> None:
    for name in ("seller_sku", "seller_custom_field"):
        product = {**item()["item"], "seller_sku": " ", name: sku}
        found = parse(bundle(order(order_items=[item(item=product)])))
        assert found.lines[0].sku == sku
    found = parse(
        bundle(
            order(
                status=sku,
                payments=[payment(payment_method_id=sku)],
                context={"channel": sku},
                tags=[sku],
            ),
            shipment={
                "data": shipment(
                    logistic={"type": sku},
                    lead_time={"shipping_method": {"id": sku, "name": "x"}},
                )
            },
        )
    )
    assert found.shipment
    keys = (
        found.status,
        found.payments[0].method,
        found.sub_channel,
        found.shipment.logistic_type,
        found.shipment.service,
    )
    assert set(keys) == {sku}
    assert sku in found.tags


@pytest.mark.parametrize("value", [" 12", "12\u00a0", "1 2", "12\t"])
def test_an_id_is_not_made_another_one(value: str) -> None:
    assert refused(bundle(order(pack_id=value))).code == "payload_invalid"
    product = {**item()["item"], "id": value}
    refused(bundle(order(order_items=[item(item=product)])))


def test_what_a_line_is_linked_by() -> None:
    product = {**item()["item"], "seller_sku": None, "id": "MLA1"}
    plain = parse(bundle(order(order_items=[item(item=product)]))).lines[0]
    assert plain.product_key == "item:MLA1"
    product = {**product, "variation_id": 77}
    varied = parse(bundle(order(order_items=[item(item=product)]))).lines[0]
    assert varied.product_key == "item:MLA1/77"
    assert parse(bundle(order())).lines[0].product_key == "CAJA-040"
