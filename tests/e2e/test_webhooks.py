"""MercadoLibre notifies over HTTP: orders arrive at once, whatever else is sent."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from typing import Any

import pytest
import requests
from e2e.stage import Server, Shop, Stage, wait_until

from devtool.system import slowness

ORDERS = 40
HALF_A_DAY = 720
PATH = "/channel/mercadolibre/notifications"
# An announced order is a sale order within so many seconds; a busy machine has more.
SOON = 15.0
MAX_WAITING = 1000
FLOOD = 2000


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Shop:
    return stage.channel(stage.sandbox(ORDERS), interval_minutes=HALF_A_DAY)


@pytest.fixture(scope="module")
def server(stage: Stage, shop: Shop) -> Server:
    """A server that has imported what there was, and is notified from now on."""
    server = stage.serve()
    shop.run()
    subscribe(shop, server)
    return server


def subscribe(shop: Shop, server: Server) -> None:
    shop.remote.post("notifications/subscribe", url=server.url + PATH)


def create(shop: Shop) -> dict[str, Any]:
    row: dict[str, Any] = shop.remote.post("orders", seller_id=shop.remote.seller["id"])
    return row[0]


def cart(row: dict[str, Any]) -> str:
    return str(row["pack_id"] or row["order_id"])


def is_imported(shop: Shop, row: dict[str, Any]) -> bool:
    return bool(shop.count(f"external_id = '{cart(row)}' AND state = 'imported'"))


def wait_imported(shop: Shop, *rows: dict[str, Any]) -> float:
    """Until the orders are imported; the seconds it took."""
    started = time.monotonic()
    for row in rows:
        wait_until(lambda row=row: is_imported(shop, row), f"order {cart(row)}", 60)
    return time.monotonic() - started


def searches(shop: Shop) -> int:
    found: int = shop.remote.stats()["routes"].get("GET /orders/search", 0)
    return found


def message(shop: Shop, resource: str, **changes: Any) -> dict[str, Any]:
    app = shop.remote.get("info")["apps"][0]["client_id"]
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    return {
        "_id": "d2a1b3c4-0000-4000-8000-000000000001",
        "resource": resource,
        "user_id": shop.remote.seller["id"],
        "topic": "orders_v2",
        "application_id": int(app),
        "attempts": 1,
        "sent": now.replace("+00:00", "Z"),
        **changes,
    }


def send(server: Server, bodies: list[str], threads: int = 8) -> list[int]:
    """Post bodies from several threads; the answers' statuses."""
    with ThreadPoolExecutor(threads) as pool:
        return list(
            pool.map(
                lambda body: (
                    requests.post(server.url + PATH, data=body, timeout=60).status_code
                ),
                bodies,
            )
        )


def hints(stage: Stage) -> int:
    """What a flow is to look at; mere signs of life wait for its next run."""
    query = "SELECT count(*) FROM sale_channel_hint WHERE kind IS NOT NULL"
    found: int = stage.value(query)
    return found


def settle(stage: Stage, shop: Shop) -> None:
    """Until hints are taken and the run that took them is over."""
    wait_until(
        lambda: (
            not hints(stage)
            and not shop.unfinished()
            and not shop.count("sync_state IN ('fetch', 'process')")
        ),
        "idle",
        30,
    )


def test_an_announced_order_arrives_at_once(
    stage: Stage, shop: Shop, server: Server
) -> None:
    before = searches(shop)
    rows = [create(shop) for _turn in range(3)]
    assert wait_imported(shop, *rows) < SOON * slowness()
    assert searches(shop) == before
    told = shop.remote.get("notifications")
    assert told["delivered"] == told["announced"]
    wait_until(lambda: not hints(stage), "every hint is taken", 30)


def test_an_announced_shipment_is_followed(
    stage: Stage, shop: Shop, server: Server
) -> None:
    row = create(shop)
    wait_imported(shop, row)
    settle(stage, shop)
    shop.remote.post(
        f"shipments/{row['shipment_id']}", status="shipped", tracking_number="AR123"
    )
    wait_until(
        lambda: shop.count(
            f"external_id = '{cart(row)}' AND tracking_number = 'AR123'"
        ),
        "the tracking number",
        SOON,
    )


def test_twice_and_in_any_order(stage: Stage, shop: Shop, server: Server) -> None:
    shop.remote.post("notifications", duplicates=3, shuffle=True, hold=True)
    rows = [create(shop) for _turn in range(4)]
    shop.remote.post("notifications", duplicates=0, shuffle=False, hold=False)
    wait_imported(shop, *rows)
    wait_until(lambda: not hints(stage) and not shop.unfinished(), "idle", 30)
    shop.assert_all_imported()


def test_what_is_forged_leaves_nothing(
    stage: Stage, shop: Shop, server: Server
) -> None:
    rows, kept = shop.count(), "SELECT count(*) FROM sale_channel_hint"
    before = stage.value(kept)
    bodies = [
        json.dumps(message(shop, "/orders/1", **changes))
        for changes in ({"application_id": 1}, {"user_id": 5}, {"topic": "nothing"})
    ]
    assert send(server, bodies) == [200] * 3
    assert send(server, ["garbage", "{}", "[]"]) == [400] * 3
    enormous = json.dumps(message(shop, "/orders/1", note="x" * 1_000_000))
    assert send(server, [enormous]) == [413]
    assert stage.value(kept) == before
    assert shop.count() == rows


def test_replayed_five_hundred_times(stage: Stage, shop: Shop, server: Server) -> None:
    row = create(shop)
    wait_imported(shop, row)
    # What was answered too late is announced again, which is news.
    wait_until(
        lambda: not shop.remote.get("notifications")["waiting"], "it is told", 60
    )
    settle(stage, shop)
    shop.remote.reset_stats()
    body = json.dumps(message(shop, f"/orders/{row['order_id']}"))
    assert set(send(server, [body] * 500)) == {200}
    settle(stage, shop)
    # The first one was news.
    assert shop.remote.stats()["routes"].get("GET /orders/{id}", 0) <= 1


def test_a_flood_during_a_run(stage: Stage, shop: Shop, server: Server) -> None:
    """Orders go on arriving; what waits, and what is asked for, is bounded."""
    shop.remote.reset_stats()
    rows = [create(shop) for _turn in range(10)]
    bodies = [
        json.dumps(message(shop, f"/orders/{9_000_000 + number}"))
        for number in range(FLOOD)
    ]
    most = 0
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send, server, bodies)
        while not sending.done():
            most = max(most, hints(stage))
            time.sleep(0.2)
        assert set(sending.result()) == {200}
    assert most <= MAX_WAITING + 100
    wait_imported(shop, *rows)
    wait_until(lambda: not hints(stage) and not shop.unfinished(), "idle", 180)
    assert not shop.count("external_id ~ '^9[0-9]{6}$'")
    assert not shop.count("sync_state = 'error'")
    assert sum(shop.remote.stats()["routes"].values()) < FLOOD / 4
    shop.assert_all_imported()
    # The next tests have a window of their own.
    stage.sql("UPDATE sale_channel_flow_state SET ghosts_since = NULL")


def test_paused_and_resumed(stage: Stage, shop: Shop, server: Server) -> None:
    session = server.login()
    session.call("sale.channel", "action_pause", [shop.channel])
    row = create(shop)
    wait_until(lambda: hints(stage), "the hint is kept", 10)
    time.sleep(2)
    assert not is_imported(shop, row)
    session.call("sale.channel", "action_resume", [shop.channel])
    stage.wake()
    assert wait_imported(shop, row) < SOON * slowness()
    wait_until(lambda: not hints(stage), "every hint is taken", 30)


def test_missed_while_odoo_was_down(stage: Stage, shop: Shop, server: Server) -> None:
    wait_until(lambda: not shop.unfinished(), "idle", 30)
    server.kill()
    shop.remote.post("notifications", speed=10_000)
    row = create(shop)
    wait_until(
        lambda: not shop.remote.get("notifications")["waiting"], "it is missed", 30
    )
    shop.remote.post("notifications", speed=1)
    again = stage.serve()
    subscribe(shop, again)
    before = searches(shop)
    stage.wake()
    time.sleep(2)
    assert not is_imported(shop, row)
    session = again.login()
    flow = stage.value(
        "SELECT id FROM sale_channel_flow WHERE channel_id = %s AND "
        "kind = 'missed_feeds'",
        shop.channel,
    )
    session.call("sale.channel.flow", "write", [flow], {"enabled": True})
    session.call("sale.channel.flow", "action_run_now", [flow])
    assert wait_imported(shop, row) < SOON * slowness()
    assert searches(shop) == before
    # Asked again, the same ones are not taken again.
    session.call("sale.channel.flow", "action_run_now", [flow])
    counts = (
        "SELECT received_count FROM sale_channel_run "
        "WHERE kind = 'missed_feeds' AND ended_at IS NOT NULL"
    )
    wait_until(lambda: len(stage.sql(counts)) == 2, "a second run", 30)
    assert [count for (count,) in stage.sql(f"{counts} ORDER BY id")] == [2, 0]
    again.end()
