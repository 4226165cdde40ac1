"""The order in the shared words: money, buyers, documents, garbage."""

from __future__ import annotations

import json
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from sandbox.clock import Clock
from sandbox.medusa.shop import Shop

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_medusa.lib import documents
from odoo.addons.channel_medusa.lib.parser import parse
from odoo.addons.channel_order.lib.amounts import CENT, round_money, round_together


def bundle(**wish: Any) -> dict[str, Any]:
    wish.setdefault("items", [{"sku": "A", "quantity": 2, "price": 12100.5}])
    order = Shop(Clock()).place(wish)
    # As it travels and is stored.
    return json.loads(json.dumps({"schema": 1, "order": order}))


def test_an_order() -> None:
    order = parse(bundle(shipping={"option": "so_1", "name": "Correo", "amount": 1500}))
    assert order.status == (
        "order:pending | payment:authorized | fulfillment:not_fulfilled"
    )
    assert (order.number, order.currency, order.goods_total) == ("1", "ARS", 24201)
    [line] = order.lines
    assert (line.sku, line.quantity, line.unit_price) == ("A", 2, Decimal("12100.5"))
    assert (line.item_id, line.variation_id) == ("prod_A", "variant_A")
    assert order.shipment and order.shipment.buyer_cost == 1500
    assert (order.shipment.service, order.shipment.service_name) == ("so_1", "Correo")
    [payment] = order.payments
    assert (payment.amount, payment.shipping, payment.collected) == (24201, 1500, False)
    assert order.delivery and order.delivery.state_code == "AR-S"
    assert order.buyer.email == "lucia@example.com"


@pytest.mark.parametrize("net", [False, True])
@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize(
    "items",
    [
        [(3, 3333.33, 999.999), (1, 12100.5, 1210.05)],
        [(7, 14.333, 0)],
        [(1, 0.005, 0), (1, 0.005, 0), (1, 0.005, 0)],
        [(1, 100, 0), (1, 100, 0), (1, 0.996, 0)],
        [(1, 10, 10), (2, 33.335, 0.001)],
    ],
)
def test_what_the_lines_come_to(items: Any, inclusive: bool, net: bool) -> None:
    """To the cent what the shop's own total rounds to, and no line is off by more
    than one."""
    rows = [
        {"sku": f"S{n}", "quantity": q, "price": p, "discount": d}
        for n, (q, p, d) in enumerate(items)
    ]
    freight = {"option": "x", "amount": 99.995}
    raw = bundle(items=rows, tax_inclusive=inclusive, shipping=freight)
    order = parse(raw, net=net)
    assert order.shipment
    told = raw["order"]
    parts = [*told["items"], *told["shipping_methods"]]
    exact = [
        Decimal(str(part["total"]))
        - (Decimal(str(part["tax_total"])) if net else Decimal(0))
        for part in parts
    ]
    whole = order.goods_total + order.shipment.buyer_cost
    assert whole == round_money(sum(exact, Decimal(0)))
    got = [line.quantity * line.unit_price for line in order.lines]
    assert all(abs(a - b) <= CENT for a, b in zip(got, exact[: len(got)], strict=True))
    if not net:
        assert float(whole) == pytest.approx(told["total"], abs=0.0051)


def test_amounts_that_are_exact_stay() -> None:
    amounts = [Decimal(text) for text in ("100", "100", "0.996")]
    assert round_together(amounts) == [Decimal(100), Decimal(100), Decimal("1.00")]
    assert sum(round_together([Decimal("0.005")] * 3)) == Decimal("0.02")
    assert round_together([], CENT) == []
    assert sum(round_together([Decimal("0.4")] * 5, Decimal(1))) == 2


def test_a_refund_is_no_discount_and_store_credit_is() -> None:
    shop = Shop(Clock())
    key = shop.place({"items": [{"sku": "A", "price": 100}]})["id"]
    shop.capture(key)
    shop.refund(key, 30)
    order = shop.order(key)
    order["credit_lines"].append({"amount": 5.005, "reference": "store-credit"})
    shop.total(order)
    found = parse({"schema": 1, "order": order})
    assert found.goods_total == 100
    # 94.995 is to be paid.
    assert found.seller_discount == Decimal("5.00")
    [payment] = found.payments
    assert (payment.refunded, payment.collected, payment.status) == (
        30,
        True,
        "captured",
    )
    assert "payment:partially_refunded" in found.status


def test_store_credit_is_with_taxes() -> None:
    """Of 121 a credit of 60.5 leaves half, in both modes of the channel."""
    shop = Shop(Clock())
    key = shop.place({"items": [{"sku": "A", "price": 121}]})["id"]
    order = shop.order(key)
    order["credit_lines"].append({"amount": 60.5, "reference": "store-credit"})
    shop.total(order)
    for net, discount in ((False, "60.5"), (True, "50")):
        found = parse({"schema": 1, "order": order}, net=net)
        assert found.seller_discount == Decimal(discount)


@pytest.mark.parametrize("gap", [0.01, -0.01, 10])
def test_a_total_that_the_lines_do_not_explain(gap: float) -> None:
    raw = bundle()
    raw["order"]["total"] += gap
    with pytest.raises(Rejected) as caught:
        parse(raw)
    assert caught.value.code == "total_unexplained"
    raw["order"]["total"] -= gap - 0.004
    parse(raw)
    del raw["order"]["total"]
    parse(raw)


def test_units_that_came_back() -> None:
    raw = bundle(items=[{"sku": "A", "quantity": 3, "price": 10}, {"sku": "B"}])
    first = raw["order"]["items"][0]
    first["detail"]["return_received_quantity"] = 1
    first["total"] = 20
    raw["order"]["total"] -= 10
    assert [line.quantity for line in parse(raw).lines] == [2, 1]
    for item in raw["order"]["items"]:
        item["detail"]["return_received_quantity"] = item["quantity"]
    assert [line.quantity for line in parse(raw).lines] == [3, 1]


def test_a_payment_that_was_cancelled_is_none() -> None:
    raw = bundle()
    payment = raw["order"]["payment_collections"][0]["payments"][0]
    payment["canceled_at"] = raw["order"]["created_at"]
    assert parse(raw).payments == ()


@pytest.mark.parametrize(
    ("where", "metadata", "country", "expected"),
    [
        ("order", {"document": "30111222"}, "ar", ("DNI", "30111222")),
        ("order", {"document": "20-30111222-9"}, "ar", ("CUIT", "20-30111222-9")),
        ("order", {"documentNumber": 30111222}, "ar", ("DNI", "30111222")),
        ("customer", {"CUIT": "30714295698"}, "ar", ("CUIT", "30714295698")),
        ("billing_address", {"cpf": "123.456.789-09"}, "br", ("CPF", "123.456.789-09")),
        ("shipping_address", {"cpf_cnpj": "11222333000181"}, "br", ("CNPJ",)),
        ("order", {"tax_id": "12ABC34501DE35"}, "br", ("CNPJ", "12ABC34501DE35")),
        (
            "order",
            {"document": "30111222", "document_type": "dni"},
            "",
            ("DNI", "30111222"),
        ),
        ("order", {"dni": "XXXXXXXX", "note": "30111222"}, "ar", ("", "")),
        ("order", {"dni": True, "cuit": None, "document": {"a": 1}}, "ar", ("", "")),
        ("order", {}, "ar", ("", "")),
    ],
)
def test_documents(where: str, metadata: Any, country: str, expected: Any) -> None:
    raw = bundle()
    for name in ("billing_address", "shipping_address"):
        raw["order"][name]["country_code"] = country
    block = raw["order"] if where == "order" else raw["order"][where]
    block["metadata"] = metadata
    identity = parse(raw).buyer.identity
    assert identity
    got = (identity.document_type, identity.document_number)
    assert got[: len(expected)] == expected


def test_a_shop_s_own_key_goes_first() -> None:
    blocks = [{"document": "1"}, {"nif_cliente": "30111222"}]
    assert documents.find(blocks, "AR", "NIF cliente") == ("DNI", "30111222")
    assert documents.find(blocks, "AR")[1] == "1"


def test_nobody_s_texts() -> None:
    raw = bundle(
        address={"first_name": "No informado", "last_name": "-", "phone": "N/A"},
        email="naoinformado@example.com",
    )
    buyer = parse(raw).buyer
    assert (buyer.name, buyer.phone, buyer.email) == ("", "", "")


def test_who_has_no_customer_record_is_known_by_the_email() -> None:
    raw = bundle()
    raw["order"].update(customer=None, customer_id=None)
    first = parse(raw).buyer.external_id
    raw["order"]["email"] = "LUCIA@example.com"
    assert parse(raw).buyer.external_id == first
    raw["order"]["email"] = None
    assert parse(raw).buyer.external_id.startswith("order-")


CODES = ("payload_invalid", "amount_invalid", "total_unexplained")
GARBAGE: list[Any] = [None, "", "x", -1, True, [], {}, [None], {"a": 1}, 10**400, 1e308]


def test_garbage_ends_in_one_error() -> None:
    """Each value of an order, replaced by each kind of garbage."""
    good = bundle(shipping={"option": "x", "amount": 1}, metadata={"dni": "1"})

    def paths(value: Any, path: tuple[Any, ...] = ()) -> Any:
        if path:
            yield path
        items = value.items() if isinstance(value, dict) else ()
        if isinstance(value, list):
            items = enumerate(value)
        for key, inner in items:
            yield from paths(inner, (*path, key))

    for path in list(paths(good)):
        for junk in GARBAGE:
            broken = deepcopy(good)
            parent: Any = broken
            for key in path[:-1]:
                parent = parent[key]
            parent[path[-1]] = junk
            try:
                parse(broken)
            except Rejected as error:
                assert error.code in CODES, path
    for junk in GARBAGE:
        with pytest.raises(Rejected):
            parse(junk)
