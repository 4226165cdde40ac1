"""Whatever the service answers, every order gets in and no order stops the others."""

from typing import Any

import pytest
from e2e.stage import Shop, Stage, wait_until

ORDERS = 30
ORDER = r"GET /orders/\d+$"


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Shop:
    shop = stage.channel(stage.sandbox(ORDERS))
    stage.serve()
    return shop


def new_orders(shop: Shop, count: int = 6, **values: Any) -> list[dict]:
    seller = shop.remote.seller["id"]
    rows: list[dict] = shop.remote.post("orders", seller_id=seller, n=count, **values)
    return rows


def recover(shop: Shop, rounds: int = 5) -> None:
    """Let backoffs pass, until nothing waits any more."""
    for _round in range(rounds):
        shop.end_leases()
        shop.run(60)
        if not shop.count("sync_state IN ('fetch', 'process')") and not failures(shop):
            return


def failures(shop: Shop) -> int:
    """Failed runs since the last one that worked."""
    found: int = shop.stage.value(
        "SELECT failures FROM sale_channel_flow_state WHERE flow_id = %s", shop.flow
    )
    return found


def test_clean_beginning(shop: Shop) -> None:
    shop.run()
    shop.assert_all_imported()


@pytest.mark.parametrize(
    ("match", "kind", "values"),
    [
        (ORDER, "429", {"retry_after": 1, "times": 2}),
        (ORDER, "429_empty", {"times": 2}),
        ("GET /orders/search", "429", {"retry_after": 1, "times": 1}),
        (ORDER, "5xx", {"status": 500, "times": 3}),
        (ORDER, "5xx", {"status": 503, "times": 7}),
        ("GET /shipments/", "cut", {"times": 3}),
        ("billing", "malformed", {"times": 2}),
        ("GET /orders/search", "cut", {"times": 1}),
        (ORDER, "not_json", {"status": 200, "times": 2}),
        (ORDER, "drop", {"times": 3}),
        (ORDER, "empty", {"times": 1}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_passing_fault(shop: Shop, match: str, kind: str, values: dict) -> None:
    """Tried again by itself: with the faults gone, nothing is missing."""
    new_orders(shop)
    shop.remote.fault(match, kind, **values)
    recover(shop)
    assert shop.remote.fired() == values["times"]
    shop.remote.heal()
    assert not shop.count("sync_state != 'done'")
    shop.assert_all_imported()


def test_retry_after_is_respected(stage: Stage, shop: Shop) -> None:
    new_orders(shop, 1)
    shop.remote.fault("GET /orders/search", "429", retry_after=900, times=1)
    shop.request_run()
    query = (
        "SELECT retry_at - (now() AT TIME ZONE 'UTC') > interval '850 seconds' "
        "FROM sale_channel_flow_state WHERE flow_id = %s"
    )
    wait_until(lambda: stage.value(query, shop.flow), "the flow waits 15 minutes", 30)
    shop.remote.heal()
    # The account's quota waits too, in all processes.
    stage.sql("UPDATE sale_channel_quota SET blocked_until = NULL")
    recover(shop)
    shop.assert_all_imported()


def test_huge_answer(shop: Shop) -> None:
    """Too large to be true: refused with a reason, the others come in."""
    new_orders(shop)
    shop.remote.fault(ORDER, "huge", times=1)
    recover(shop)
    shop.remote.heal()
    assert shop.count("error_code = 'response_too_large'") == 1
    stage = shop.stage
    row = stage.value(
        "SELECT id FROM sale_channel_order WHERE error_code = 'response_too_large'"
    )
    stage.servers[0].login().call("sale.channel.order", "action_retry", [row])
    shop.wait_idle()
    shop.assert_all_imported()


def test_token_ends_in_the_middle_of_a_batch(shop: Shop) -> None:
    new_orders(shop, 20)
    shop.remote.reset_stats()
    shop.remote.fault(ORDER, "delay", seconds=0.5)
    shop.request_run()
    routes = "routes"
    wait_until(
        lambda: shop.remote.stats()[routes].get("GET /orders/{id}", 0) >= 3,
        "some orders are fetched",
        30,
        0.02,
    )
    shop.remote.post("tokens/expire")
    shop.wait_idle()
    shop.remote.heal()
    stats = shop.remote.stats()
    assert stats["events"] == {"renewals": 1}
    assert stats["statuses"]["401"] >= 1
    shop.assert_all_imported()


POISON = {
    "no lines": {"order_items": "none of your business"},
    "no item": {"order_items": [{"item": None, "quantity": -1}]},
    "no currency": {"currency_id": "XXX"},
    "no dates": {"date_created": "yesterday", "total_amount": {"deep": [1]}},
    "no buyer": {"buyer": ["a", "list"]},
    "negative": {"order_items": [{"quantity": -5, "unit_price": "NaN"}]},
    "strange buyer": {"buyer": {"nickname": "\u202e<script>\u0000" * 50}},
}


def test_poisoned_orders(shop: Shop) -> None:
    """Each ends as one row with its reason; the clean ones between them come in."""
    bad: set[str] = set()
    for patch in POISON.values():
        poisoned, _clean = new_orders(shop, 2)
        bad.add(str(poisoned["order_id"]))
        match = f"GET /orders/{poisoned['order_id']}$"
        shop.remote.fault(match, "patch", patch=patch)
    bad |= {str(row["order_id"]) for row in new_orders(shop, 1, trait="unknown_sku")}
    recover(shop)
    shop.remote.heal()
    truth, found = shop.remote.truth(), shop.summary()
    assert set(found) == set(truth)
    for cart, row in found.items():
        if cart not in bad or row["state"] == "imported":
            assert row["state"] == "imported", row
            assert row["total"] == truth[cart]
            continue
        assert (row["state"], row["sync_state"]) == ("rejected", "error"), row
        assert row["error_code"] and row["error_message"], row
        assert not row["order"]
    codes = {found[cart]["error_code"] for cart in bad} - {None, False}
    assert {"product_unknown", "payload_invalid"} <= codes
