"""Orders of the sandbox against its own truth, over real HTTP."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from sandbox.mercadolibre import MercadoLibreSandbox

from odoo.addons.channel_base.lib.ratelimit import RateLimiter
from odoo.addons.channel_base.lib.reader import moment
from odoo.addons.channel_mercadolibre.lib.names import recase
from odoo.addons.channel_mercadolibre.lib.parser import parse
from odoo.addons.channel_mercadolibre.lib.sites import order_url, profile_url
from odoo.addons.channel_order.lib.amounts import expected_total
from odoo.addons.channel_order.lib.schema import Order

from tests.pure.channel_mercadolibre.support import Account, accounts, merged


def check_cart(
    order: Order, bundle: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    kept = [row for row in rows if row["status"] != "cancelled"] or rows
    total = sum((Decimal(str(row["goods_total"])) for row in kept), Decimal(0))
    assert order.goods_total == total
    assert sum(ln.unit_price * ln.quantity for ln in order.lines) == total
    assert order.seller_discount == 0
    assert order.currency == kept[0]["currency"]
    assert order.buyer.external_id == str(kept[0]["buyer_id"])
    assert order.placed_at == min(moment(row["date_created"], "") for row in kept)
    assert {ln.external_id for ln in order.lines} == {
        str(row["order_id"]) for row in kept
    }
    assert [ln.sku for ln in order.lines] == [
        sku or "" for row in kept for sku in row["skus"]
    ]
    assert set(bundle["versions"]) == {str(row["order_id"]) for row in rows}
    if not any("buyer" in (row["partial"] or "") for row in rows):
        assert order.buyer.complete
        assert order.buyer.nickname == kept[0]["nickname"]
        assert order.buyer.name == kept[0]["buyer_name"]
    identity = order.buyer.identity
    if kept[0]["document"] and identity and not identity.pending:
        assert identity.document_number == kept[0]["document"]["number"]
    if order.delivery and kept[0]["receiver_name"]:
        assert order.delivery.receiver == recase(kept[0]["receiver_name"])
        assert order.delivery.external_id == str(kept[0]["address_id"])


def test_every_order_is_found_and_equals_the_truth(
    sandbox: MercadoLibreSandbox,
) -> None:
    found = 0
    for account in accounts(sandbox):
        carts = merged(account.walk())
        carts_of = Counter(order for cart in carts.values() for order in cart)
        assert set(carts_of) == {str(row["order_id"]) for row in account.truth()}
        assert set(carts_of.values()) == {1}
        by_cart: dict[str, list[dict[str, Any]]] = {}
        for row in account.truth():
            by_cart.setdefault(str(row["pack_id"] or row["order_id"]), []).append(row)
        for cart_id, versions in carts.items():
            bundle = account.source.fetch(cart_id, versions)
            assert bundle["external_id"] == cart_id
            for order_id, version in versions.items():
                assert bundle["versions"][order_id] == version
            rows = by_cart[cart_id]
            order = parse(bundle)
            check_cart(order, bundle, rows)
            found += len(order.lines)
    assert found > 250


def test_cancelled_carts_are_read_as_well(sandbox: MercadoLibreSandbox) -> None:
    seen = 0
    for account in accounts(sandbox):
        for row in account.truth(status="cancelled"):
            cart_id = str(row["pack_id"] or row["order_id"])
            bundle = account.source.fetch(cart_id, {})
            order = parse(bundle)
            rows = account.truth(pack_id=row["pack_id"]) if row["pack_id"] else [row]
            check_cart(order, bundle, rows)
            seen += all(other["status"] == "cancelled" for other in rows)
            if all(other["status"] == "cancelled" for other in rows):
                assert order.status == "cancelled"
    assert seen


def test_call_budget(account: Account) -> None:
    budgets = Counter()
    rows = account.truth()
    by_cart: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_cart.setdefault(str(row["pack_id"] or row["order_id"]), []).append(row)
    for cart_id, group in by_cart.items():
        traits = {trait for row in group for trait in row["traits"]}
        odd = {"legacy_only", "no_billing", "shipping_null", "to_be_agreed"}
        if traits & odd or any(row["partial"] for row in group):
            continue
        before = account.client.calls
        versions = {str(row["order_id"]): "" for row in group}
        account.source.fetch(cart_id, versions)
        used = account.client.calls - before
        has_pack = bool(group[0]["pack_id"])
        assert used == len(group) + 2 + has_pack
        budgets[has_pack, len(group)] += 1
    assert any(size > 1 for _pack, size in budgets)
    assert any(size == 1 for _pack, size in budgets)


def test_the_pack_completes_what_the_search_showed(account: Account) -> None:
    rows = [row for row in account.truth() if row["pack_id"]]
    sizes = Counter(row["pack_id"] for row in rows)
    row = next(row for row in rows if sizes[row["pack_id"]] > 1)
    one = {str(row["order_id"]): "v"}
    bundle = account.source.fetch(str(row["pack_id"]), one)
    assert len(bundle["orders"]) == sizes[row["pack_id"]]
    asked_by_order = account.source.fetch(str(row["order_id"]), {})
    assert asked_by_order["external_id"] == str(row["pack_id"])
    assert asked_by_order == bundle


def test_pages_for_people_open(account: Account) -> None:
    row = account.truth()[0]
    number = str(row["pack_id"] or row["order_id"])
    for url in (
        order_url(account.site, number, account.url),
        profile_url(account.site, row["nickname"], account.url),
    ):
        assert requests.get(url, timeout=5).status_code == 200


def a_pass(
    account: Account, cursor: dict[str, Any]
) -> tuple[dict[str, dict[str, str]], dict[str, Any]]:
    now, found = account.now(), []
    for _page in range(100):
        page = account.source.search(cursor, now - timedelta(hours=1), now, 50)
        cursor, found = page.cursor, found + list(page.references)
        if not page.more:
            return merged(found), cursor
    raise AssertionError("the search never ends")


def test_an_idle_pass_costs_two_calls_and_misses_nothing(account: Account) -> None:
    _carts, cursor = a_pass(account, {})
    before = account.client.calls
    _carts, cursor = a_pass(account, cursor)
    assert account.client.calls == before + 2
    created = account.control("POST", "orders", {"seller_id": int(account.seller_id)})
    carts, _cursor = a_pass(account, cursor)
    seen = {order for versions in carts.values() for order in versions}
    assert {str(row["order_id"]) for row in created} <= seen


@pytest.mark.parametrize("pack", [False, True])
def test_an_order_that_is_cancelled_later(account: Account, pack: bool) -> None:
    wish = {"seller_id": int(account.seller_id), "n": 2 if pack else 1, "pack": pack}
    created = account.control("POST", "orders", wish)
    carts, cursor = a_pass(account, {})
    cart_id = str(created[0]["pack_id"] or created[0]["order_id"])
    first = account.source.fetch(cart_id, carts[cart_id])
    assert parse(first).status == "paid"
    left = [str(row["order_id"]) for row in created]
    while left:
        number = left.pop()
        account.control("POST", f"orders/{number}", {"status": "cancelled"})
        carts, cursor = a_pass(account, cursor)
        assert carts[cart_id][number] != first["versions"][number]
        bundle = account.source.fetch(cart_id, carts[cart_id])
        assert bundle["versions"][number] == carts[cart_id][number]
        order = parse(bundle)
        assert order.status == ("paid" if left else "cancelled")
        assert len(order.lines) == (len(left) or len(created))


def test_an_order_that_only_lacks_its_shipment_is_not_complete(
    sandbox: MercadoLibreSandbox,
) -> None:
    account = accounts(sandbox)[0]
    wish = {"seller_id": int(account.seller_id)}
    complete = {}
    for trait in (None, "shipping_null", "to_be_agreed", "cancelled", "partial_buyer"):
        (row,) = account.control("POST", "orders", {**wish, "trait": trait})
        cart_id = str(row["pack_id"] or row["order_id"])
        found = parse(account.source.fetch(cart_id, {}))
        complete[trait] = found.complete
    assert complete == {
        None: True,
        "shipping_null": False,
        "to_be_agreed": True,
        "cancelled": True,
        "partial_buyer": False,
    }


def test_a_coupon_that_the_seller_funds_keeps_the_channels_total(
    account: Account,
) -> None:
    (row,) = account.control(
        "POST",
        "orders",
        {
            "seller_id": int(account.seller_id),
            "order": {"coupon": {"id": "5", "amount": 12.34}},
        },
    )
    total = round(row["goods_total"] - 12.34, 2)
    number = row["order_id"]
    account.control("POST", f"orders/{number}", {"total_amount": total})
    cart_id = str(row["pack_id"] or number)
    order = parse(account.source.fetch(cart_id, {}))
    assert order.goods_total == Decimal(str(row["goods_total"]))
    assert order.seller_discount == Decimal("12.34")
    assert expected_total(order) == Decimal(str(total))


@pytest.mark.parametrize("whole_hours", [False, True])
def test_deep_results_are_cut_and_complete(whole_hours: bool) -> None:
    with MercadoLibreSandbox(seed=3, scenario="bench", orders=4000) as running:
        account = accounts(running)[0]
        # Whether the hour of an upper limit counts to its end is not documented.
        account.control("POST", "settings", {"whole_hours": whole_hours})
        account.client.limiter = RateLimiter(10**6)
        offsets: list[int] = []
        search = account.client.search_orders

        def recorded(seller_id: str, **options: Any) -> Any:
            offsets.append(options["offset"])
            return search(seller_id, **options)

        account.client.search_orders = recorded  # type: ignore[method-assign]
        carts = merged(account.walk())
        found = {order for cart in carts.values() for order in cart}
        assert found == {str(row["order_id"]) for row in account.truth()}
        assert max(offsets) < 1100
        assert len(offsets) < 4000 / 45 * 1.5 + 20
