"""Calls: what authenticates, what may be written, what refusals become."""

from __future__ import annotations

import pytest
import requests
from sandbox.medusa import MedusaSandbox

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_medusa.lib.client import MedusaClient, chunks


def test_the_key_is_the_name_of_http_basic(
    shop: MedusaSandbox, client: MedusaClient
) -> None:
    assert client.store()["name"] == "Tienda Sur"
    bearer = {"Authorization": f"Bearer {shop.shop.key}"}
    url = f"{shop.url}/admin/stores"
    assert requests.get(url, headers=bearer, timeout=5).status_code == 401
    wrong = MedusaClient(shop.url, "sk_00000000000000000000")
    with pytest.raises(AuthRequired) as caught:
        wrong.store()
    assert "sk_0000" not in str(caught.value)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/admin/orders/order_1/cancel"),
        ("POST", "/admin/orders/order_1/archive"),
        ("POST", "/admin/payments/pay_1/capture"),
        ("POST", "/admin/payments/pay_1/refund"),
        ("POST", "/admin/orders/a/fulfillments/b/cancel"),
        ("POST", "/admin/orders/../products/x"),
        ("POST", "/admin/orders/a/fulfillments?x"),
        ("DELETE", "/admin/products/prod_1"),
        ("DELETE", "/admin/orders/order_1"),
    ],
)
def test_what_destroys_cannot_be_called(
    client: MedusaClient, method: str, path: str
) -> None:
    with pytest.raises(ValueError):
        client.request(method, path, body={})
    assert client.calls == 0


def test_a_shop_that_is_paused_is_waited_for(
    shop: MedusaSandbox, client: MedusaClient
) -> None:
    rule = {"match": "/admin/", "kind": "5xx", "status": 402}
    requests.post(f"{shop.url}/_sandbox/faults", json=rule, timeout=5)
    with pytest.raises(Retryable):
        client.store()
    with pytest.raises(Retryable):
        client.post("/admin/products", {"title": "x"})


def test_refusals(shop: MedusaSandbox, client: MedusaClient) -> None:
    with pytest.raises(Rejected) as caught:
        client.order("order_none", "id")
    assert caught.value.code == "not_found"
    order = shop.shop.place({"items": [{"sku": "A"}]})
    shop.shop.cancel(order["id"])
    with pytest.raises(Rejected) as caught:
        client.post(f"/admin/orders/{order['id']}", {"metadata": {"a": "b"}})
    assert caught.value.code == "shop_refused"
    assert "has been canceled" in caught.value.params["detail"]
    for path in ("../stores", "a/b", "", "x" * 65, None):
        with pytest.raises(Rejected):
            client.order(path, "id")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["429", "5xx", "drop", "not_json", "malformed"])
def test_passing_faults(shop: MedusaSandbox, client: MedusaClient, kind: str) -> None:
    rule = {"match": "GET /admin/stores", "kind": kind, "times": 1}
    requests.post(f"{shop.url}/_sandbox/faults", json=rule, timeout=5)
    with pytest.raises(Retryable):
        client.store()
    assert client.store()["id"]


def test_named_fields_replace_what_is_shown(
    shop: MedusaSandbox, client: MedusaClient
) -> None:
    shop.shop.place({"items": [{"sku": "A"}]})
    [plain] = client.read_list("/admin/orders", "orders")
    assert "currency_code" not in plain and "email" not in plain
    [named] = client.orders("id,currency_code")
    assert named["currency_code"] == "ars" and "created_at" not in named
    [added] = client.orders("+email")
    assert added["email"] and "created_at" in added


def test_ids_in_addresses_that_are_short_enough() -> None:
    assert [len(part) for part in chunks(map(str, range(120)))] == [50, 50, 20]
    assert chunks([]) == []
