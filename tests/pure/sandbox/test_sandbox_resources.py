"""Shapes of orders, packs, billing data, shipments and users."""

from __future__ import annotations

import pytest
from sandbox.testing import Client

HIDDEN = "XXXXXXX"


def test_order_shape(client: Client) -> None:
    for row in client.truth()[:40]:
        answer = client.get(f"/orders/{row['order_id']}")
        order = answer.json
        assert order["seller"] == {"id": client.seller}
        assert len(order["order_items"]) == 1
        line = order["order_items"][0]
        goods = round(line["unit_price"] * line["quantity"], 2)
        assert goods == row["goods_total"] == order["total_amount"]
        discount = sum(d["amounts"]["full"] for d in line["discounts"] or [])
        full = round((line["unit_price"] + discount) * line["quantity"], 2)
        assert full == line["gross_price"]


def test_order_refusals(client: Client) -> None:
    other = next(i for i in client.sellers.values() if i != client.seller)
    rows = client.control("GET", f"truth?seller_id={other}")
    for path, status, name in (
        (rows[0]["order_id"], 403, "not_owned_order"),
        (12345, 404, "order_not_found"),
        ("abc", 400, "invalid_order_id"),
    ):
        answer = client.get(f"/orders/{path}")
        assert (answer.status, answer.json["error"]) == (status, name)
    assert client.get(f"/shipments/{rows[0]['shipment_id']}").status == 403
    assert client.get("/shipments/1").status == 404


def test_partial_orders(client: Client) -> None:
    row = client.with_trait("partial_buyer")
    answer = client.get(f"/orders/{row['order_id']}")
    assert answer.status == 206
    assert answer.headers["X-Content-Missing"] == "buyer, feedback"
    assert answer.json["buyer"] == {"id": row["buyer_id"]}
    assert answer.json["feedback"] is None
    row = client.with_trait("partial_twice")
    path = f"/orders/{row['order_id']}"
    assert [client.get(path).status for _turn in range(3)] == [206, 206, 200]


def test_packs(client: Client) -> None:
    carts: dict[int, list[int]] = {}
    for row in client.truth():
        if row["pack_id"]:
            carts.setdefault(row["pack_id"], []).append(row["order_id"])
    pack_id, members = next((k, v) for k, v in carts.items() if len(v) > 1)
    pack = client.get(f"/packs/{pack_id}").json
    assert [order["id"] for order in pack["orders"]] == members
    shipments = {client.get(f"/orders/{n}").json["shipping"]["id"] for n in members}
    assert shipments == {pack["shipment"]["id"]}
    assert client.get("/packs/5").status == 404
    client.act_as(client.sellers["TECNO.ZOLVANDIA"])
    refused = client.get(f"/packs/{pack_id}")
    assert refused.status == 403
    assert refused.json["message"] == "The user has not access to the order"


def test_shipment_shapes(client: Client) -> None:
    kinds = set()
    for row in client.truth():
        if row["shipment_id"] is None:
            continue
        path = f"/shipments/{row['shipment_id']}"
        new = client.get(path, x_format_new="true").json
        old = client.get(path).json
        assert "receiver_address" not in new
        assert "order_id" not in new
        assert "destination" not in old
        address = new["destination"]["shipping_address"]
        assert old["receiver_address"]["zip_code"] == address["zip_code"]
        assert old["logistic_type"] == new["logistic"]["type"]
        hidden = new["destination"]["receiver_phone"] == HIDDEN
        assert hidden == (new["logistic"]["mode"] != "me1")
        assert (new["destination"]["type"] == "agency") == bool(address["agency"])
        kinds.add((new["logistic"]["type"], new["destination"]["type"]))
    assert ("fulfillment", "buying_address") in kinds
    assert ("xd_drop_off", "agency") in kinds


def test_shipments_of_an_order(client: Client) -> None:
    row = next(r for r in client.truth() if r["shipment_id"])
    path = f"/orders/{row['order_id']}/shipments"
    plain = client.get(path).json
    assert [s["type"] for s in plain] == ["forward"]
    assert "destination" not in plain[0]
    seen = client.get(f"{path}?views=origin,destination").json[0]
    assert "receiver_name" not in seen["destination"]
    seen = client.get(f"{path}?views=destination", X_Api_Version="2").json[0]
    assert seen["destination"]["receiver_name"] == row["receiver_name"]
    row = client.with_trait("to_be_agreed")
    answer = client.get(f"/orders/{row['order_id']}/shipments")
    assert (answer.status, answer.body) == (204, b"")


def test_billing_shapes(client: Client) -> None:
    row = next(r for r in client.truth() if r["document"] and not r["traits"])
    order = client.get(f"/orders/{row['order_id']}").json
    billing_id = order["buyer"]["billing_info"]["id"]
    new = client.get(f"/orders/billing-info/MLA/{billing_id}").json
    found = new["buyer"]["billing_info"]["identification"]
    assert found["number"] == row["document"]["number"]
    path = f"/orders/{row['order_id']}/billing_info"
    flat = client.get(path).json["billing_info"]
    facts = {fact["type"]: fact["value"] for fact in flat["additional_info"]}
    assert flat["doc_number"] == facts["DOC_NUMBER"] == found["number"]
    assert client.get(path, x_version="2").json["buyer"] == new["buyer"]
    assert client.get(f"/orders/billing-info/MLB/{billing_id}").status == 404
    client.control("POST", "settings", {"legacy_billing": False})
    assert client.get(path).status == 404


def test_billing_exceptions(client: Client) -> None:
    row = client.with_trait("legacy_only")
    site = "MLB" if row["currency"] == "BRL" else "MLA"
    new = f"/orders/billing-info/{site}/{row['billing_id']}"
    assert client.get(new).status == 404
    old = client.get(f"/orders/{row['order_id']}/billing_info").json
    assert old["billing_info"]["doc_number"] == row["document"]["number"]
    row = client.with_trait("no_billing")
    order = client.get(f"/orders/{row['order_id']}").json
    assert not (order["buyer"].get("billing_info") or {}).get("id")
    row = client.with_trait("processing")
    site = "MLB" if row["currency"] == "BRL" else "MLA"
    path = f"/orders/billing-info/{site}/{row['billing_id']}"
    info = client.get(path).json["buyer"]["billing_info"]
    assert info["identification"] == {"type": None, "number": None}
    row = client.with_trait("bad_document")
    assert row["document"]["valid"] is False


def test_users(client: Client) -> None:
    me = client.get("/users/me").json
    assert me["id"] == client.seller
    assert "identification" in me
    rows = client.truth()
    statuses = set()
    for row in rows:
        answer = client.get(f"/users/{row['buyer_id']}")
        statuses.add(answer.status)
        assert not {"email", "phone", "first_name", "identification"} & set(answer.json)
    assert 200 in statuses
    ids = f"{rows[0]['buyer_id']},{rows[1]['buyer_id']},7"
    bulk = client.get(f"/users/bulk?ids={ids}").json
    assert [row["status_code"] for row in bulk][-1] == 404
    many = ",".join(str(number) for number in range(21))
    assert client.get(f"/users/bulk?ids={many}").status == 400


def test_pages(client: Client) -> None:
    row = next(r for r in client.truth() if r["pack_id"])
    profile = client.call("GET", f"/perfil/{row['nickname']}")
    assert profile.status == 200
    assert row["nickname"] in profile.body.decode()
    for number in (row["order_id"], row["pack_id"]):
        sale = client.call("GET", f"/ventas/{number}/detalle")
        assert sale.status == 200
        assert str(row["order_id"]) in sale.body.decode()
    assert client.call("GET", "/perfil/NOBODY").status == 404
    assert client.call("GET", "/ventas/1/detalle").status == 404


@pytest.mark.parametrize("path", ["/sites", "/missed_feeds?app_id=1"])
def test_small_resources(client: Client, path: str) -> None:
    assert client.get(path).status == 200


def test_local_profile_links(client: Client) -> None:
    buyer = client.truth()[0]["buyer_id"]
    link = client.get(f"/users/{buyer}").json["permalink"]
    assert link.startswith("http://perfil.mercadolibre.com.ar/")
    client.control("POST", "settings", {"local_permalinks": True})
    link = client.get(f"/users/{buyer}").json["permalink"]
    assert link.startswith(client.sandbox.url)
