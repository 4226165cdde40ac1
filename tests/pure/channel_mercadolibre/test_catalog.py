"""All that an account sells, read from the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox.mercadolibre import MercadoLibreSandbox

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_catalog.lib.remote import RemoteListing
from odoo.addons.channel_mercadolibre.lib.catalog import MercadoLibreCatalog
from odoo.addons.channel_mercadolibre.lib.items_client import ItemsClient

from tests.pure.channel_mercadolibre.support import Account, accounts

SIZES = [{"id": "SIZE", "name": "Talle", "value_name": size} for size in ("S", "M")]


class Seller(Account):
    """A seller and what reads the items."""

    def __init__(self, sandbox: MercadoLibreSandbox, seller: dict[str, Any]):
        super().__init__(sandbox, seller)
        client = ItemsClient(self.url, self.token, timeout=(2.0, 5.0))
        self.catalog = MercadoLibreCatalog(client, self.seller_id)

    def list_item(self, **values: Any) -> dict[str, Any]:
        return self.control("POST", "items", {"seller_id": self.seller_id, **values})

    def change(self, item_id: str, **patch: Any) -> None:
        self.control("POST", f"items/{item_id}", patch)

    def read(self, limit: int = 100) -> dict[str, RemoteListing]:
        found: dict[str, RemoteListing] = {}
        cursor: Any = None
        for _page in range(200):
            page = self.catalog.read_page(cursor, limit)
            found.update({one.external_id: one for one in page.listings})
            cursor = page.cursor
            if cursor is None:
                return found
        raise AssertionError("the list never ends")

    def again(self, *ids: str) -> dict[str, RemoteListing]:
        page = self.catalog.read_some(ids)
        return {one.external_id: one for one in page.listings}


@pytest.fixture(scope="module")
def shop() -> Iterator[MercadoLibreSandbox]:
    with MercadoLibreSandbox(seed=3, orders=0) as running:
        yield running


@pytest.fixture
def seller(shop: MercadoLibreSandbox) -> Iterator[Seller]:
    first = accounts(shop)[0]
    found = Seller(shop, {"id": first.seller_id, "site_id": first.site.id})
    yield found
    found.control("DELETE", "faults")
    for item in found.control("GET", f"items?seller_id={found.seller_id}"):
        if item["status"] != "closed":
            found.change(item["id"], status="closed")


def variations(*skus: str) -> list[dict[str, Any]]:
    return [
        {"attributes": [size], "sku": sku, "quantity": 2}
        for size, sku in zip(SIZES, skus, strict=False)
    ]


def test_both_models_are_read(seller: Seller) -> None:
    modern = seller.list_item(family_name="Taza", sku="T 1", quantity=4, price=50)
    former = seller.list_item(title="Remera", variations=variations("R-S", "R-M"))
    full = seller.list_item(
        family_name="Lámpara", sku="L", quantity=7, logistic_type="fulfillment"
    )
    twin = seller.list_item(
        family_name="Taza", sku="T 1", catalog_listing=True, quantity=4
    )
    found = seller.read()
    numbers = [str(one["id"]) for one in former["variations"]]
    rows = [f"{former['id']}/{number}" for number in numbers]
    assert set(found) == {modern["id"], full["id"], twin["id"], *rows}
    one = found[modern["id"]]
    assert (one.sku, one.quantity, one.price, one.currency) == ("T 1", 4, 50, "ARS")
    assert one.product_content["title"] == "Taza"
    assert one.stock_group == modern["user_product_id"]
    assert [found[row].sku for row in rows] == ["R-S", "R-M"]
    assert (found[full["id"]].stock_kept, found[full["id"]].quantity) == (True, 7)
    assert found[twin["id"]].listing_type == "gold_special+catalog"
    # One scan, its end, one reading of four items
    assert seller.catalog.take_calls() == 3


def test_fifteen_hundred_items() -> None:
    with MercadoLibreSandbox(seed=4, orders=0) as running:
        first = accounts(running)[0]
        account = {"id": first.seller_id, "site_id": first.site.id}
        read_many(Seller(running, account))


def read_many(seller: Seller) -> None:
    rows = [{"family_name": f"Cosa {n}", "sku": f"C{n}"} for n in range(1500)]
    seller.list_item(items=rows)
    found = seller.read(200)
    assert len(found) == 1500
    assert {one.sku for one in found.values()} == {f"C{n}" for n in range(1500)}
    # 15 pages of a scan and its end; 20 items a call
    assert seller.catalog.take_calls() == 16 + 75


def test_a_scan_that_was_forgotten_begins_anew(seller: Seller) -> None:
    seller.list_item(items=[{"family_name": f"F{n}"} for n in range(7)])
    page = seller.catalog.read_page(None, 3)
    lost = {"scroll": "forgotten", "scans": 0}
    again = seller.catalog.read_page(lost, 3)
    assert {one.external_id for one in again.listings} == {
        one.external_id for one in page.listings
    }
    assert again.cursor["scans"] == 1
    with pytest.raises(Rejected):
        seller.catalog.read_page({"scroll": "forgotten", "scans": 5}, 3)


@pytest.mark.parametrize(
    "cursor", [7, "x", [], {"scroll": 5}, {"scroll": None, "scans": "x"}]
)
def test_a_strange_position_begins(seller: Seller, cursor: Any) -> None:
    item = seller.list_item(family_name="Algo")
    page = seller.catalog.read_page(cursor, 100)
    assert [one.external_id for one in page.listings] == [item["id"]]


def test_closed_items_are_told_to_who_knows_them(seller: Seller) -> None:
    item = seller.list_item(family_name="Vieja", sku="V")
    seller.change(item["id"], status="closed")
    assert seller.read() == {}
    found = seller.again(item["id"], "MLA1", "nonsense", "", "../x")
    assert list(found) == [item["id"]]
    assert found[item["id"]].ended
    assert found[item["id"]].status == "closed"


def test_a_variation_that_was_removed(seller: Seller) -> None:
    item = seller.list_item(title="Remera", variations=variations("R-S", "R-M"))
    gone, kept = (str(one["id"]) for one in item["variations"])
    seller.control("POST", f"items/{item['id']}/variations/{gone}/remove", {})
    ids = [f"{item['id']}/{gone}", f"{item['id']}/{kept}"]
    assert list(seller.again(*ids)) == ids[1:]
    assert list(seller.again(item["id"])) == ids[1:]


def test_one_that_cannot_be_read_holds_no_other(seller: Seller) -> None:
    good = seller.list_item(family_name="Buena")
    bad = seller.list_item(family_name="Mala")
    seller.change(bad["id"], price="mucho")
    page = seller.catalog.read_page(None, 100)
    assert [one.external_id for one in page.listings] == [good["id"]]
    assert (page.failed, page.unread) == (1, (bad["id"],))
    again = seller.catalog.read_some([good["id"], bad["id"]])
    assert (len(again.listings), again.unread) == (1, (bad["id"],))
    seller.change(bad["id"], price=10)


def test_an_answer_that_is_too_large_is_read_in_parts(seller: Seller) -> None:
    seller.list_item(items=[{"family_name": f"F{n}"} for n in range(15)])
    huge = seller.list_item(family_name="Enorme", description="x" * 10)
    seller.change(huge["id"], thumbnail="x" * 90_000)
    seller.catalog.client.session.max_bytes = 60_000
    page = seller.catalog.read_page(None, 100)
    assert (len(page.listings), page.unread) == (15, (huge["id"],))


def test_one_that_the_service_does_not_tell_holds_no_other(seller: Seller) -> None:
    good, bad = (seller.list_item(family_name=name)["id"] for name in ("A", "B"))
    for status in (451, 500):
        seller.control("POST", "unreadable", {"items": {bad: status}})
        page = seller.catalog.read_page(None, 100)
        assert [one.external_id for one in page.listings] == [good]
        assert page.unread == (bad,)
    seller.control("POST", "unreadable", {"items": {}})
    assert set(seller.read()) == {good, bad}


def test_what_does_not_answer_is_asked_again(seller: Seller) -> None:
    item = seller.list_item(family_name="Algo")
    seller.fault(match="/items/bulk", kind="5xx", status=503)
    with pytest.raises(Retryable):
        seller.catalog.read_page(None, 100)
    seller.control("DELETE", "faults")
    assert list(seller.read()) == [item["id"]]


class FakeClient:
    """Answers that the sandbox does not give."""

    def __init__(self, bulk: Any, alone: Any = None):
        self.bulk, self.alone = bulk, alone
        self.asked: list[str] = []

    def bulk_items(self, ids: list[str], fields: tuple[str, ...]) -> Any:
        return type("Answer", (), {"body": self.bulk})

    def item(self, item_id: str) -> Any:
        self.asked.append(item_id)
        if isinstance(self.alone, Exception):
            raise self.alone
        return type("Answer", (), {"body": self.alone})


@pytest.mark.parametrize(
    ("bulk", "alone", "read", "unread"),
    [
        ([{"id": "MLA1", "status_code": 200, "body": {"id": "MLA1"}}], None, 1, ()),
        ([{"code": 200, "body": {"id": "MLA1"}}], None, 1, ()),
        (
            [
                {
                    "id": "MLA1",
                    "status_code": 200,
                    "body": {"id": "MLA1", "seller_id": 2},
                }
            ],
            None,
            0,
            (),
        ),
        ([], {"id": "MLA1", "seller_id": 2}, 0, ()),
        ([], {"id": "MLA1", "seller_id": 1}, 1, ()),
        ([{"id": "MLA1", "status_code": 404, "body": {}}], None, 0, ()),
        ([{"id": "MLA1", "status_code": 403, "body": None}], None, 0, ()),
        ([{"id": "MLA1", "status_code": 500, "body": {}}], {"id": "MLA1"}, 1, ()),
        ([], {"id": "MLA1"}, 1, ()),
        ([], {"id": "MLA2"}, 0, ("MLA1",)),
        ([None, 3, "x", {"id": ["MLA1"]}], [], 0, ("MLA1",)),
        ([], Rejected("not_found"), 0, ()),
        ([], Rejected("payload_invalid"), 0, ("MLA1",)),
        ([], Retryable("503"), 0, ("MLA1",)),
        (
            [{"id": "MLA2", "status_code": 200, "body": {"id": "MLA2"}}],
            None,
            0,
            ("MLA1",),
        ),
    ],
)
def test_elements_of_a_bulk_reading(
    bulk: Any, alone: Any, read: int, unread: tuple[str, ...]
) -> None:
    client: Any = FakeClient(bulk, alone)
    page = MercadoLibreCatalog(client, "1").read_some(["MLA1"])
    assert (len(page.listings), page.unread) == (read, unread)


def test_what_lies_in_full_beside_the_sellers_own(seller: Seller) -> None:
    both = seller.list_item(
        sku="B-1", logistic_type="fulfillment", quantity=7, own_quantity=4
    )
    full = seller.list_item(sku="B-2", logistic_type="fulfillment", quantity=9)
    own = seller.list_item(sku="B-3", quantity=2)
    found = seller.again(both["id"], full["id"], own["id"])
    told = {
        one.sku: (one.stock_kept, one.kept_quantity, one.quantity, bool(one.stock_id))
        for one in found.values()
    }
    assert told == {
        "B-1": (False, 7, 11, True),
        "B-2": (True, None, 9, True),
        "B-3": (False, None, 2, False),
    }


def test_one_of_which_nobody_tells_what_lies_in_full_is_unread(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"logistic_type": "fulfillment", "quantity": 7, "own_quantity": 4}
    one = seller.list_item(sku="U-1", **values)
    other = seller.list_item(sku="U-2", **values)
    client = seller.catalog.client
    read = client.user_product_stock

    def refuse(number: str) -> Any:
        if number == one["user_product_id"]:
            raise Rejected("forbidden")
        return read(number)

    monkeypatch.setattr(client, "user_product_stock", refuse)
    page = seller.catalog.read_some([one["id"], other["id"]])
    assert [found.external_id for found in page.listings] == [other["id"]]
    assert page.unread == (one["id"],)


def test_a_migration_that_cannot_be_told_holds_no_other() -> None:
    source = {"id": "MLA1", "status": "closed", "tags": ["variations_migration_source"]}
    rows = [source, {"id": "MLA2"}]
    for answer in (Rejected("forbidden"), {"new_items": "x"}, {"new_items": [3]}):
        client: Any = FakeClient(
            [{"id": row["id"], "status_code": 200, "body": row} for row in rows]
        )
        client.migration = lambda _id, answer=answer: FakeClient([], answer).item("")
        page = MercadoLibreCatalog(client, "1").read_some(["MLA1", "MLA2"])
        assert [one.external_id for one in page.listings] == ["MLA2"]
        assert page.unread == ("MLA1",)
