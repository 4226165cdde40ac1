"""Groups, lists, contracts and customers' groups of a shop."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sandbox.medusa import MedusaSandbox

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_medusa_pricing.lib.client import PricingClient
from odoo.addons.channel_medusa_pricing.lib.pricing import MedusaPricing
from odoo.addons.channel_outgoing.lib.writer import Target

LIST = {"name": "Mayorista", "currency": "ARS", "origin": "sloc_1", "items": []}


class Pricing:
    """The writer over a shop with two variants and a customer."""

    def __init__(self, sandbox: MedusaSandbox) -> None:
        self.sandbox, self.shop = sandbox, sandbox.shop
        catalogue = sandbox.goods.catalogue
        options = [{"title": "a", "values": ["1", "2"]}]
        product = catalogue.create({"title": "x", "options": options})
        for value in "12":
            body = {"title": value, "sku": value, "options": {"a": value}}
            catalogue.create_variant(product["id"], {**body, "prices": []})
        self.one, self.two = (variant["id"] for variant in product["variants"])
        self.shop.customers["cus_1"] = set()
        self.prices: dict[str, dict[str, Decimal]] = {
            "l1": {self.one: Decimal(90), self.two: Decimal("80.5")}
        }
        client = PricingClient(sandbox.url, self.shop.key)
        self.writer = MedusaPricing(
            client, lambda refs: {ref: self.prices.get(ref, {}) for ref in refs}
        )

    def put(self, kind: str, reference: str, content: Any, key: Any = None) -> Any:
        target = Target(reference, key)
        return self.writer.put(kind, [(target, content)])[reference]

    def find(self, kind: str, reference: str, key: Any = None) -> Any:
        found = self.writer.find(kind, [Target(reference, key)])
        return found[reference].content if reference in found else None

    def amounts(self, key: str) -> dict[str, float]:
        prices = self.shop.price_lists[key]["prices"]
        return {price["variant_id"]: price["amount"] for price in prices}


@pytest.fixture
def pricing() -> Iterator[Pricing]:
    with MedusaSandbox(seed=7) as running:
        yield Pricing(running)


def test_a_group(pricing: Pricing) -> None:
    key = pricing.put("group", "g1", {"name": "Ferreterías"})
    assert pricing.find("group", "g1") == {"name": "Ferreterías"}
    assert pricing.put("group", "g1", {"name": "Otras"}, key) == key
    assert pricing.find("group", "g1", key) == {"name": "Otras"}
    assert pricing.shop.groups[key]["metadata"] == {"odoo_ref": "g1"}
    assert not pricing.writer.delete("group", [Target("g1", key)])
    assert not pricing.shop.groups


def test_only_ours_is_deleted(pricing: Pricing) -> None:
    pricing.shop.groups["theirs"] = {"id": "theirs", "name": "x", "metadata": None}
    pricing.shop.price_lists["theirs"] = {"id": "theirs", "metadata": None}
    for kind in ("group", "list"):
        pricing.writer.delete(kind, [Target("g1", "theirs")])
    assert "theirs" in pricing.shop.groups and "theirs" in pricing.shop.price_lists


def test_a_list_is_a_draft_until_somebody_has_it(pricing: Pricing) -> None:
    key = pricing.put("list", "l1", LIST)
    there = pricing.shop.price_lists[key]
    assert (there["status"], there["type"], there["rules"]) == ("draft", "override", {})
    assert pricing.amounts(key) == {pricing.one: 90.0, pricing.two: 80.5}
    assert pricing.find("list", "l1") == pricing.find("list", "l1", key) == LIST
    group = pricing.put("group", "g1", {"name": "x"})
    contract = {"group": group, "origin": "sloc_1", "list": key}
    answer = pricing.put("contract", "c1", contract)
    assert pricing.find("contract", "c1", answer) == contract
    assert there["status"] == "active"
    assert there["rules"] == {"customer.groups.id": [group]}
    # Another content of the list leaves its groups.
    pricing.put("list", "l1", {**LIST, "name": "Otra"}, key)
    assert there["rules"] == {"customer.groups.id": [group]}
    assert pricing.find("contract", "c1", answer) == contract
    pricing.writer.delete("contract", [Target("c1", answer)])
    assert (there["status"], there["rules"]) == ("draft", {})
    assert pricing.find("contract", "c1", answer) is None


def test_prices_follow_what_odoo_computes(pricing: Pricing) -> None:
    key = pricing.put("list", "l1", LIST)
    pricing.prices["l1"] = {pricing.one: Decimal(95)}
    # It has to be written again although its rules are the same.
    assert pricing.find("list", "l1", key) != LIST
    pricing.put("list", "l1", LIST, key)
    assert pricing.amounts(key) == {pricing.one: 95.0}
    assert pricing.find("list", "l1", key) == LIST
    pricing.shop.price_lists[key]["prices"][0]["amount"] = 1
    assert pricing.find("list", "l1", key) != LIST


def test_a_variant_that_is_gone_holds_no_other(pricing: Pricing) -> None:
    pricing.prices["l1"]["variant_gone"] = Decimal(7)
    refused = pricing.put("list", "l1", LIST)
    assert isinstance(refused, Rejected) and refused.code == "prices_refused"
    [key] = pricing.shop.price_lists
    assert pricing.amounts(key) == {pricing.one: 90.0, pricing.two: 80.5}
    del pricing.prices["l1"]["variant_gone"]
    assert pricing.put("list", "l1", LIST) == key
    assert pricing.find("list", "l1", key) == LIST


def test_prices_that_are_not_sent_stay(pricing: Pricing) -> None:
    key = pricing.put("list", "l1", LIST)
    pricing.writer.find_prices = lambda _references: {}
    other = {**LIST, "name": "Otra"}
    assert pricing.put("list", "l1", other, key) == key
    assert pricing.find("list", "l1", key) == other
    assert pricing.amounts(key) == {pricing.one: 90.0, pricing.two: 80.5}


def test_a_contract_needs_its_list(pricing: Pricing) -> None:
    group = pricing.put("group", "g1", {"name": "x"})
    contract = {"group": group, "origin": "a", "list": "plist_gone"}
    refused = pricing.put("contract", "c1", contract)
    assert isinstance(refused, Rejected)
    assert (refused.code, refused.field) == ("not_found", "list")
    contract["list"] = key = pricing.put("list", "l1", LIST)
    pricing.put("contract", "c1", contract)
    # Somebody switched the list off: the group does not have it.
    pricing.shop.price_lists[key]["status"] = "draft"
    assert pricing.find("contract", "c1") is None
    pricing.put("contract", "c1", contract)
    assert pricing.find("contract", "c1") == contract


@pytest.mark.parametrize(
    "told", ['{"c0": "x"}', '{"c0": {"group": ["x"]}}', '{"c0": null}', "[", 7]
)
def test_rubbish_in_metadata_holds_nobody(pricing: Pricing, told: Any) -> None:
    group = pricing.put("group", "g1", {"name": "x"})
    keys = [pricing.put("list", name, LIST) for name in ("l1", "l2")]
    for key in keys:
        pricing.shop.price_lists[key]["metadata"]["odoo_contracts"] = told
    contract = {"group": group, "origin": "a", "list": keys[0]}
    assert pricing.put("contract", "c1", contract) == "c1"
    assert pricing.find("contract", "c1") == contract
    assert not pricing.writer.delete("contract", [Target("c1", "c1")])


def test_many_records_cost_few_readings(pricing: Pricing) -> None:
    keys = [pricing.put("list", f"l{n}", LIST) for n in range(5)]
    groups = [pricing.put("group", f"g{n}", {"name": str(n)}) for n in range(5)]
    for number in range(5):
        pricing.shop.customers[f"cus_{number}"] = set()
    pricing.writer.take_calls()
    answers = pricing.writer.put(
        "contract",
        [
            (Target(f"c{n}", None), {"group": group, "origin": "a", "list": key})
            for n, (group, key) in enumerate(zip(groups, keys, strict=True))
        ],
    )
    assert answers == {f"c{n}": f"c{n}" for n in range(5)}
    assert pricing.writer.take_calls() == 1 + 5
    pricing.writer.put(
        "customer",
        [(Target(f"u{n}", f"cus_{n}"), {"group": groups[0]}) for n in range(5)],
    )
    assert pricing.writer.take_calls() == 2 + 5
    # What is written within the same call counts as well.
    free = pricing.put("group", "g9", {"name": "9"})
    second = [
        (Target(f"d{n}", None), {"group": free, "origin": "b", "list": keys[n]})
        for n in range(2)
    ]
    found = pricing.writer.put("contract", second)
    assert found["d0"] == "d0" and isinstance(found["d1"], Rejected)


def test_a_group_has_one_list(pricing: Pricing) -> None:
    group = pricing.put("group", "g1", {"name": "x"})
    keys = [pricing.put("list", name, LIST) for name in ("l1", "l2")]
    first = {"group": group, "origin": "a", "list": keys[0]}
    pricing.put("contract", "c1", first)
    second = {"group": group, "origin": "b", "list": keys[1]}
    refused = pricing.put("contract", "c2", second)
    assert isinstance(refused, Rejected) and refused.code == "group_has_list"
    # The contract itself may move to another list.
    pricing.put("contract", "c1", second)
    assert pricing.find("contract", "c1") == second
    assert pricing.shop.price_lists[keys[0]]["status"] == "draft"


def test_who_is_in_a_group(pricing: Pricing) -> None:
    pricing.shop.groups["theirs"] = {"id": "theirs", "name": "x", "metadata": None}
    pricing.shop.customers["cus_1"].add("theirs")
    one, two = (pricing.put("group", name, {"name": name}) for name in ("g1", "g2"))
    assert pricing.find("customer", "u", "cus_1") == {"group": None}
    for group in (one, two):
        assert pricing.put("customer", "u", {"group": group}, "cus_1") == "cus_1"
        assert pricing.find("customer", "u", "cus_1") == {"group": group}
        assert pricing.shop.customers["cus_1"] == {"theirs", group}
    pricing.put("customer", "u", {"group": None}, "cus_1")
    assert pricing.shop.customers["cus_1"] == {"theirs"}
    gone = pricing.put("customer", "v", {"group": one}, "cus_9")
    assert isinstance(gone, Rejected) and gone.code == "not_found"
    assert pricing.find("customer", "v", "cus_9") is None


def test_what_else_it_may_not_write(pricing: Pricing) -> None:
    for path in ("/admin/customers/cus_1", "/admin/products", "/admin/orders/x"):
        with pytest.raises(ValueError):
            pricing.writer.client.request("POST", path, body={})
    with pytest.raises(ValueError):
        pricing.writer.client.request("DELETE", "/admin/customers/cus_1")
