"""The sandbox's orders of Mexico, Chile, Colombia and Uruguay, down to the customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
from sandbox.mercadolibre import MercadoLibreSandbox

from odoo.addons.channel_mercadolibre.lib.parser import parse
from odoo.addons.channel_mercadolibre.lib.sites import country_of_site, get_site
from odoo.addons.channel_order.lib.amounts import expected_total
from odoo.addons.channel_partner.lib import documents
from odoo.addons.channel_partner.lib.address import compose
from odoo.addons.channel_partner.lib.states import StateTable

from tests.pure.channel_mercadolibre.support import Account, accounts, merged
from tests.pure.channel_mercadolibre.test_import import check_cart
from tests.pure.channel_partner.states_data import STATES

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
TABLES = {
    country: StateTable(country, [(code, name) for code, name, _others in rows])
    for country, rows in STATES.items()
}


@pytest.fixture(scope="module")
def sellers() -> Iterator[dict[str, Account]]:
    with MercadoLibreSandbox(
        scenario="sites", seed=7, orders=240, now=NOW, frozen=True
    ) as running:
        yield {account.site.id: account for account in accounts(running)}


@pytest.mark.parametrize("site", ["MLM", "MLC", "MCO", "MLU"])
def test_every_order_of_a_site(sellers: dict[str, Account], site: str) -> None:
    account, country, seen = sellers[site], country_of_site(site), Counter[str]()
    by_cart: dict[str, list[dict[str, object]]] = {}
    for row in account.truth():
        by_cart.setdefault(str(row["pack_id"] or row["order_id"]), []).append(row)
    for cart_id, versions in merged(account.walk()).items():
        rows = by_cart[cart_id]
        traits = {trait for row in rows for trait in row["traits"]}
        bundle = account.source.fetch(cart_id, versions)
        order = parse(bundle)
        check_cart(order, bundle, rows)
        if "other_currency" not in traits:
            assert order.currency == get_site(site).currency
        if order.currency in ("CLP", "COP"):
            assert expected_total(order) == int(expected_total(order))
        identity, delivery = order.buyer.identity, order.delivery
        for address in (identity and identity.address, delivery):
            if address:
                assert address.country_code == country
                assert TABLES[country].find(address.state_code, address.state_name)
        if delivery and "awaiting_payment" not in traits:
            laid_out = compose(delivery)
            assert laid_out
            assert bool(laid_out.parts) is (country == "MX")
            has_zip = country != "CL" and "missing_zip" not in traits
            assert bool(laid_out.zip) is has_zip
            seen["pickup"] += laid_out.pickup
        if not identity or identity.pending:
            continue
        seen["company"] += bool(identity.is_company)
        seen["person"] += identity.is_company is False
        assert identity.is_company is not None
        checked = documents.check(
            identity.document_type, identity.document_number, country
        )
        if documents.is_nobody(identity.document_type, identity.document_number):
            assert checked is None
            seen["nobody"] += 1
            continue
        assert checked
        assert bool(checked.problem) is ("bad_document" in traits)
        assert checked.country == country
    assert min(seen["pickup"], seen["company"], seen["person"])
    assert bool(seen["nobody"]) is (site == "MLM")
