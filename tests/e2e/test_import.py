"""Scheduled actions bring the orders in, once."""

import pytest
from e2e.stage import Shop, Stage

ORDERS = 60
TABLES = (
    "sale_order",
    "sale_order_line",
    "res_partner",
    "sale_channel_order",
    "sale_channel_order_event",
    "sale_channel_partner",
    "sale_channel_partner_link",
    "sale_channel_identity",
    "sale_channel_mapping",
    "stock_picking",
    "stock_move",
)


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Shop:
    remote = stage.sandbox(ORDERS)
    shop = stage.channel(remote)
    stage.serve()
    shop.run()
    return shop


def fingerprint(stage: Stage) -> dict[str, list[tuple]]:
    """Ids and moments of the last write of every row an import could touch."""
    return {
        table: stage.sql(f"SELECT id, write_date, xmin::text FROM {table} ORDER BY id")
        for table in TABLES
    }


def test_orders_arrive_complete(shop: Shop) -> None:
    assert len(shop.remote.truth()) > ORDERS / 2
    shop.assert_all_imported()


def test_stock_is_reserved(stage: Stage, shop: Shop) -> None:
    states = dict(
        stage.sql(
            "SELECT p.state, count(*) FROM stock_picking p JOIN sale_order o "
            "ON o.id = p.sale_id WHERE o.sale_channel_id = %s GROUP BY 1",
            shop.channel,
        )
    )
    assert states == {"assigned": len(shop.remote.truth())}


def test_calls_per_order(shop: Shop) -> None:
    """Order, billing and shipment: three calls, and one more for a cart."""
    stats = shop.remote.stats()
    truth = shop.remote.truth()
    rows = shop.remote.get("truth")
    packs = {row["pack_id"] for row in rows if row["pack_id"]}
    extra_orders = len(rows) - len(truth)
    searches = stats["routes"]["GET /orders/search"]
    fetched = stats["total"] - searches
    assert fetched == 3 * len(truth) + len(packs) + extra_orders


def test_again_changes_nothing(stage: Stage, shop: Shop) -> None:
    before = fingerprint(stage)
    runs = stage.value("SELECT count(*) FROM sale_channel_run")
    shop.remote.reset_stats()
    shop.run()
    assert stage.value("SELECT count(*) FROM sale_channel_run") > runs
    assert fingerprint(stage) == before
    assert set(shop.remote.stats()["routes"]) == {"GET /orders/search"}


def test_only_what_changed_is_fetched(stage: Stage, shop: Shop) -> None:
    """A new order and a changed one cost their own calls and nothing else."""
    changed = shop.remote.get("truth")[0]
    shop.remote.post(f"orders/{changed['order_id']}", tags=["delivered"])
    shop.remote.post("orders", seller_id=shop.remote.seller["id"])
    before = dict(
        stage.sql("SELECT id, xmin::text FROM sale_channel_order ORDER BY id")
    )
    shop.remote.reset_stats()
    shop.run()
    after = dict(stage.sql("SELECT id, xmin::text FROM sale_channel_order"))
    touched = [row for row in before if after[row] != before[row]]
    assert len(touched) == 1
    assert len(after) == len(before) + 1
    shop.assert_all_imported()
    routes = shop.remote.stats()["routes"]
    assert routes["GET /shipments/{id}"] == 2
