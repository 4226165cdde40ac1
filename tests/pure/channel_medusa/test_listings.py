"""Products and variants: made once, changed in part, found again."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from sandbox.medusa import MedusaSandbox

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_medusa.lib import product as words
from odoo.addons.channel_medusa.lib.client import MedusaClient
from odoo.addons.channel_medusa.lib.listings import MedusaCatalog, MedusaListings
from odoo.addons.channel_outgoing.lib.writer import Target, Written

from tests.pure.channel_medusa.support import FIELDS, Pictures, listing, make, product


@pytest.fixture
def pictures() -> Pictures:
    return Pictures()


@pytest.fixture
def writer(client: MedusaClient, pictures: Pictures) -> MedusaListings:
    return MedusaListings(client, pictures, FIELDS, "sc_web")


def fault(shop: MedusaSandbox, **rule: Any) -> None:
    requests.post(f"{shop.url}/_sandbox/faults", json=rule, timeout=5)


def test_a_product_is_what_it_was_told(
    shop: MedusaSandbox, writer: MedusaListings
) -> None:
    target, content = Target("odoo-1", None), product()
    key = writer.put("product", [(target, content)])["odoo-1"]
    there = shop.shop.products[str(key)]
    assert (there["status"], there["external_id"]) == ("draft", "odoo-1")
    assert [c["id"] for c in there["sales_channels"]] == ["sc_web"]
    assert there["shipping_profile_id"] == "sp_1"
    assert there["metadata"]["brand"] == "Marca" and there["weight"] == 350
    assert writer.find("product", [Target("odoo-1", str(key))])["odoo-1"].content == (
        content
    )
    changed = product(
        title="Otra",
        description=None,
        brand=None,
        images=["b"],
        visibility="visible",
        options=[{"name": "Color", "values": ["Rojo", "Verde", "Azul"]}],
        weight=None,
    )
    writer.put("product", [(Target("odoo-1", str(key)), changed)])
    assert there["status"] == "published"
    found = writer.find("product", [Target("odoo-1", str(key))])["odoo-1"]
    assert found.content == changed


def test_what_is_switched_off_is_in_no_body(
    shop: MedusaSandbox, client: MedusaClient, pictures: Pictures
) -> None:
    key = str(
        MedusaListings(client, pictures, FIELDS).put(
            "product", [(Target("odoo-1", None), product())]
        )["odoo-1"]
    )
    there = shop.shop.products[key]
    there.update(title="Theirs", description="Theirs", weight=9)
    narrow = MedusaListings(client, None, {"sku", "product", "options", "visibility"})
    content = {"options": product()["options"], "visibility": "visible"}
    target = Target("odoo-1", key)
    narrow.put("product", [(target, content)])
    assert (there["title"], there["description"], there["weight"]) == (
        "Theirs",
        "Theirs",
        9,
    )
    assert there["metadata"]["brand"] == "Marca" and len(there["images"]) == 2
    assert narrow.find("product", [target])["odoo-1"].content == content


def test_equal_titles_get_addresses_of_their_own(
    shop: MedusaSandbox, writer: MedusaListings
) -> None:
    targets = [Target(f"odoo-{n}", None) for n in range(3)]
    titles = ["Remera", "Remera", "日本"]
    answers = writer.put(
        "product",
        [(t, product(title=name)) for t, name in zip(targets, titles, strict=True)],
    )
    assert all(isinstance(answer, str) for answer in answers.values())
    handles = [one["handle"] for one in shop.shop.products.values()]
    assert len(set(handles)) == 3 and handles[0].startswith("remera-")
    assert words.handle("x" * 500, "odoo-1") == words.handle("x" * 500, "odoo-1")


@pytest.mark.parametrize("kind", ["product", "listing"])
def test_a_creation_whose_answer_was_lost_is_found(
    shop: MedusaSandbox, writer: MedusaListings, kind: str
) -> None:
    key, _answers = make(writer, "Rojo")
    shop.shop.products[key]["options"][0]["values"].append({"id": "v", "value": "Sol"})
    content = product() if kind == "product" else listing(key, "Sol")
    target = Target("odoo-lost", None)
    fault(
        shop,
        match=r"POST /admin/products(/\w+/variants)?$",
        kind="drop",
        times=1,
        processed=True,
    )
    lost = writer.put(kind, [(target, content)])["odoo-lost"]
    assert isinstance(lost, Retryable)
    before = (len(shop.shop.products), len(list(shop.goods.catalogue.variants())))
    found = writer.find(kind, [target])
    if "odoo-lost" in found:
        target = Target("odoo-lost", found["odoo-lost"].external_id)
    again = writer.put(kind, [(target, content)])["odoo-lost"]
    assert isinstance(again, str | Written)
    after = (len(shop.shop.products), len(list(shop.goods.catalogue.variants())))
    assert after == before


def test_somebody_else_s_product_with_our_reference_is_not_ours(
    shop: MedusaSandbox, writer: MedusaListings
) -> None:
    body = {"title": "x", "options": [{"title": "a", "values": ["b"]}]}
    shop.goods.catalogue.create({**body, "external_id": "odoo-1"})
    assert not writer.find("product", [Target("odoo-1", None)])


def test_a_variant_is_what_it_was_told(
    shop: MedusaSandbox, writer: MedusaListings
) -> None:
    key, answers = make(writer, "Rojo", "Azul")
    red = answers["Rojo"]
    assert isinstance(red, Written) and red.details["stock_id"] in shop.shop.items
    there = shop.goods.catalogue.variant(key, red.external_id)
    assert there["manage_inventory"] and not there["allow_backorder"]
    there["metadata"]["theirs"] = "kept"
    there["prices"] = [{"id": "p", "currency_code": "ars", "amount": 5}]
    target = Target("odoo-Rojo", red.external_id)
    changed = listing(key, "Rojo", barcode="7790000000012", weight=1.5, images=["a"])
    writer.put("listing", [(target, changed)])
    assert writer.find("listing", [target])["odoo-Rojo"].content == changed
    assert there["ean"] == "7790000000012" and there["upc"] is None
    assert there["metadata"]["theirs"] == "kept" and there["prices"]
    writer.put("listing", [(target, {**changed, "barcode": None})])
    assert (there["barcode"], there["ean"]) == (None, None)


def test_a_product_without_options(shop: MedusaSandbox, writer: MedusaListings) -> None:
    target = Target("odoo-1", None)
    key = str(writer.put("product", [(target, product(options=[]))])["odoo-1"])
    assert (
        writer.find("product", [Target("odoo-1", key)])["odoo-1"].content["options"]
        == []
    )
    content = listing(key, options={})
    answer = writer.put("listing", [(Target("odoo-l", None), content)])["odoo-l"]
    assert isinstance(answer, Written)
    found = writer.find("listing", [Target("odoo-l", answer.external_id)])["odoo-l"]
    assert found.content == content


def test_one_bad_record_holds_no_other(
    shop: MedusaSandbox, writer: MedusaListings
) -> None:
    key, _answers = make(writer, "Rojo", "Azul", "Verde")
    shop.goods.catalogue.create_variant(
        str(
            writer.put("product", [(Target("odoo-o", None), product(options=[]))])[
                "odoo-o"
            ]
        ),
        {
            "title": "Theirs",
            "sku": "TAKEN",
            "barcode": "7790000000099",
            "options": {words.NO_OPTION: words.NO_VALUE},
            "prices": [],
        },
    )
    new = [{"name": "Color", "values": ["Rojo", "Azul", "Verde", "Lila", "Gris"]}]
    writer.put("product", [(Target("odoo-p", key), product(options=new))])
    records = [
        (Target("1", None), listing(key, "Lila")),
        (Target("2", None), listing(key, "Gris", sku="TAKEN")),
        (Target("3", None), listing(key, "Gris", barcode="7790000000099")),
        (Target("4", None), listing(key, "Negro")),
        (Target("5", None), listing(key, "Rojo", sku="OTHER")),
        (Target("6", "variant_gone"), listing(key, "Gris")),
        (Target("7", None), listing("prod_gone", "Gris", sku="X")),
        (Target("8", None), listing("../x", "Gris", sku="Y")),
    ]
    answers = writer.put("listing", records)
    assert isinstance(answers["1"], Written)
    codes = {
        reference: (answer.code, answer.field)
        for reference, answer in answers.items()
        if isinstance(answer, Rejected)
    }
    assert codes == {
        "2": ("sku_taken", "sku"),
        "3": ("shop_refused", "barcode"),
        "4": ("shop_refused", "option"),
        "5": ("shop_refused", None),
        "6": ("not_found", None),
        "7": ("not_found", None),
        "8": ("payload_invalid", "id"),
    }


def test_a_shop_that_is_down_is_not_asked_for_each_record(
    shop: MedusaSandbox, writer: MedusaListings
) -> None:
    fault(shop, match="POST /admin/products$", kind="5xx")
    records = [(Target(f"odoo-{n}", None), product()) for n in range(5)]
    answers = writer.put("product", records)
    assert all(isinstance(answer, Retryable) for answer in answers.values())
    routes = shop.statistics.describe()["routes"]
    assert routes["POST /admin/products"] == 1


def test_a_refused_key_is_nobody_s_fault(shop: MedusaSandbox) -> None:
    writer = MedusaListings(MedusaClient(shop.url, "sk_0" * 6), None, FIELDS)
    answers = writer.put("product", [(Target("odoo-1", None), product(images=None))])
    assert isinstance(answers["odoo-1"], AuthRequired)


def test_pictures_are_uploaded_once(
    shop: MedusaSandbox, writer: MedusaListings, pictures: Pictures
) -> None:
    first = [(Target("odoo-1", None), product(images=["a", "b", "gone"]))]
    key = str(writer.put("product", first)["odoo-1"])
    other = [(Target("odoo-2", None), product(images=["b"]))]
    writer.put("product", other)
    assert pictures.reads == ["a", "b", "gone"]
    assert len(shop.shop.uploads) == 2
    there = shop.shop.products[key]
    assert there["thumbnail"] == pictures.urls["a"]
    # What others added stays, and what we take out goes.
    there["images"].append({"id": "img", "url": "https://x.example.com/theirs.png"})
    writer.put("product", [(Target("odoo-1", key), product(images=["b"]))])
    assert [image["url"] for image in there["images"]] == [
        pictures.urls["b"],
        "https://x.example.com/theirs.png",
    ]


def test_what_somebody_changes_there_shows(
    shop: MedusaSandbox, writer: MedusaListings
) -> None:
    key, _answers = make(writer, "Rojo")
    there = shop.shop.products[key]
    target = Target("odoo-p", key)
    before = writer.find("product", [target])["odoo-p"].content
    for change in (
        {"title": "Theirs"},
        {"images": []},
        {"status": "published"},
        {"metadata": {**there["metadata"], "odoo_options": "rubbish"}},
        {"metadata": {**there["metadata"], "odoo_options": "[1]", "brand": ["x"]}},
        {"options": []},
    ):
        kept = {name: there[name] for name in change}
        there.update(change)
        now = writer.find("product", [target])["odoo-p"].content
        if "metadata" not in change:
            assert now != before, change
        assert now["options"] == before["options"] or "options" in change
        there.update(kept)
    there["sales_channels"] = []
    there["status"] = "published"
    assert writer.find("product", [target])["odoo-p"].content["visibility"] == "hidden"


def test_nothing_is_deleted(shop: MedusaSandbox, writer: MedusaListings) -> None:
    key, _answers = make(writer, "Rojo")
    refused = writer.delete("product", [Target("odoo-p", key)])
    assert isinstance(refused["odoo-p"], Rejected) and key in shop.shop.products


def test_the_whole_catalogue_is_read(
    shop: MedusaSandbox, client: MedusaClient, writer: MedusaListings
) -> None:
    _key, answers = make(writer, "Rojo", "Azul")
    red = shop.goods.catalogue.variant(_key, answers["Rojo"].external_id)
    red["prices"] = [
        {"id": "1", "currency_code": "usd", "amount": 3},
        {"id": "2", "currency_code": "ars", "amount": 1, "rules": {"region_id": "x"}},
        {"id": "3", "currency_code": "ars", "amount": 121.5},
    ]
    for number in range(5):
        target = Target(f"odoo-{number}", None)
        writer.put("product", [(target, product(options=[], images=None))])
    catalog, cursor, found = MedusaCatalog(client, "ARS", "sc_web"), None, []
    for _page in range(10):
        page = catalog.read_page(cursor, 2)
        found += page.listings
        cursor = page.cursor
        if cursor is None:
            break
    assert [one.sku for one in found] == ["R-Rojo", "R-Azul"]
    first = found[0]
    assert (str(first.price), first.currency) == ("121.5", "ARS")
    assert first.stock_id == answers["Rojo"].details["stock_id"]
    assert first.title == "Remera Ñandú (Rojo)"
    target = Target("odoo-Rojo", first.external_id)
    assert first.content == writer.find("listing", [target])["odoo-Rojo"].content
    assert first.product_content["title"] == "Remera Ñandú"


def test_what_nobody_was_asked_about_stays(
    shop: MedusaSandbox, writer: MedusaListings
) -> None:
    """A product of theirs: no picture, barcode or code goes that we did not write."""
    key, answers = make(writer, "Rojo")
    there = shop.shop.products[key]
    theirs = [{"id": f"img_{n}", "url": f"https://x.example.com/{n}"} for n in "ab"]
    there.update(images=list(theirs), thumbnail=theirs[1]["url"])
    there["metadata"] = {}
    red = shop.goods.catalogue.variant(key, answers["Rojo"].external_id)
    red.update(ean="7790000000012", upc="012345678905", thumbnail=theirs[0]["url"])
    target = Target("odoo-p", key)
    writer.put("product", [(target, product(images=None))])
    assert "images" not in words.write_product(product(images=None), {}, there)
    assert (there["images"], there["thumbnail"]) == (theirs, theirs[1]["url"])
    writer.put("product", [(target, product(images=["a"]))])
    assert there["images"][1:] == theirs
    assert there["thumbnail"] == theirs[1]["url"]
    red_target = Target("odoo-Rojo", red["id"])
    for barcode in (None, "INTERNAL-1"):
        writer.put("listing", [(red_target, listing(key, "Rojo", barcode=barcode))])
        assert (red["ean"], red["upc"]) == ("7790000000012", "012345678905")
    assert red["thumbnail"] == theirs[0]["url"]


@pytest.mark.parametrize(
    "told", ['{"a":["x"]}', '{"a":{"b":1}}', "[1]", "{", "null", '{"a":null}', 7]
)
def test_rubbish_in_metadata_is_none_of_ours(
    shop: MedusaSandbox, writer: MedusaListings, told: Any
) -> None:
    key, answers = make(writer, "Rojo")
    red = shop.goods.catalogue.variant(key, answers["Rojo"].external_id)
    odd = '[{"name": ["x"], "values": []}]'
    for record in (shop.shop.products[key], red):
        record["metadata"] = {"odoo_images": told, "odoo_options": odd}
    for kind, target in (
        ("product", Target("odoo-p", key)),
        ("listing", Target("odoo-Rojo", red["id"])),
    ):
        assert writer.find(kind, [target])[target.reference].content["images"] is None
        content = product() if kind == "product" else listing(key, "Rojo", images=["a"])
        answer = writer.put(kind, [(target, content)])[target.reference]
        assert isinstance(answer, str | Written)


def test_a_picture_that_somebody_adds_meanwhile_stays(
    shop: MedusaSandbox, client: MedusaClient
) -> None:
    """Uploading takes long: what is there is read after it."""
    key = ""
    theirs = {"id": "img_1", "url": "https://x.example.com/late"}

    class Slow(Pictures):
        def load(self, checksum: str) -> Any:
            if key:
                shop.shop.products[key]["images"].append(theirs)
            return super().load(checksum)

    writer = MedusaListings(client, Slow(), FIELDS, "sc_web")
    target = Target("odoo-p", None)
    key = str(writer.put("product", [(target, product(images=["a"]))])["odoo-p"])
    there = shop.shop.products[key]
    there["sales_channels"] = [shop.shop.sales_channels["sc_pos"]]
    changed = product(images=["b"], visibility="visible")
    writer.put("product", [(Target("odoo-p", key), changed)])
    assert theirs in there["images"]
    assert [one["id"] for one in there["sales_channels"]] == ["sc_pos", "sc_web"]


@pytest.mark.parametrize("sku", [None, "OTHER"])
def test_a_variant_that_was_made_is_found_without_its_sku(
    shop: MedusaSandbox, writer: MedusaListings, sku: str | None
) -> None:
    key = str(writer.put("product", [(Target("odoo-p", None), product())])["odoo-p"])
    content = listing(key, "Rojo", sku=None)
    first = writer.put("listing", [(Target("odoo-l", None), content)])["odoo-l"]
    # Its id was not kept, and its SKU may have changed since.
    content = listing(key, "Rojo", sku=sku)
    again = writer.put("listing", [(Target("odoo-l", None), content)])["odoo-l"]
    assert isinstance(first, Written) and isinstance(again, Written)
    assert again.external_id == first.external_id
    assert len(shop.shop.products[key]["variants"]) == 1


def test_one_product_stops_no_list(
    shop: MedusaSandbox, client: MedusaClient, writer: MedusaListings
) -> None:
    """One that cannot be read, and one with 1,000 variants."""
    body = {"options": [{"title": "a", "values": [f"v{n}" for n in range(1000)]}]}
    catalogue = shop.goods.catalogue
    keys = [catalogue.create({"title": f"P{n}", **body})["id"] for n in range(3)]
    for number in range(1000):
        catalogue.create_variant(
            keys[1], {"title": "x", "options": {"a": f"v{number}"}, "prices": []}
        )
    shop.shop.products[keys[0]]["variants"] = [{"id": ["bad"]}]
    catalog = MedusaCatalog(client, "ARS")
    page = catalog.read_page(None, 100)
    assert (len(page.listings), page.failed, page.cursor) == (1000, 1, None)
    ids = [one.external_id for one in page.listings[:60]]
    shop.shop.products[keys[1]]["variants"].pop(0)
    shop.shop.products[keys[0]]["variants"] = []
    again = catalog.read_some([*ids, "gone"])
    assert {one.external_id for one in again.listings} == set(ids[1:])
    assert (again.failed, again.unread) == (0, ())
    client.session.max_bytes = 200_000
    found, cursor, failed = 0, None, 0
    for _page in range(10):
        page = catalog.read_page(cursor, 100)
        found, failed = found + len(page.listings), failed + page.failed
        cursor = page.cursor
        if cursor is None:
            break
    assert (found, failed, cursor) == (0, 1, None)


@pytest.mark.parametrize("name", ["XXX", "x" * 250, "***", "Á  b", "日本", "a|b=c;d"])
def test_names_of_any_kind(writer: MedusaListings, name: str) -> None:
    """A size "XXX" is no masked value."""
    options = [{"name": "Talle", "values": [name]}]
    content = product(title=" ".join(name.split()), options=options)
    key = str(writer.put("product", [(Target("odoo-1", None), content)])["odoo-1"])
    found = writer.find("product", [Target("odoo-1", key)])["odoo-1"]
    assert found.content == content
    wanted = listing(key, title=name.strip(), options={"Talle": name})
    answer = writer.put("listing", [(Target("odoo-l", None), wanted)])["odoo-l"]
    assert isinstance(answer, Written)
    found = writer.find("listing", [Target("odoo-l", answer.external_id)])["odoo-l"]
    assert found.content["options"] == {"Talle": name}


def test_a_thousand_variants(shop: MedusaSandbox, writer: MedusaListings) -> None:
    colors = [f"Color {n}" for n in range(300)]
    key, answers = make(writer, *colors)
    assert all(isinstance(answer, Written) for answer in answers.values())
    ids = [answer.external_id for answer in answers.values()]
    found = writer.find("listing", [Target(key, key) for key in ids])
    assert len(found) == 300
