"""kill -9 at any moment: nothing is lost, nothing comes twice."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from e2e.stage import Shop, Stage, wait_until

ORDERS = 60
BATCH = 25  # PROCESS_LIMIT of the flow
STARTED = "attempts > 0 AND sync_state IN ('fetch', 'process')"


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Shop:
    return stage.channel(stage.sandbox(ORDERS))


@contextmanager
def held(stage: Stage, table: str) -> Iterator[None]:
    """Let nobody write a table: Odoo waits in the middle of its transaction."""
    with stage.connection() as connection, connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield
        connection.rollback()


def is_waiting_for(stage: Stage, table: str) -> bool:
    return bool(
        stage.sql(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass",
            table,
        )
    )


def test_while_it_searches(stage: Stage, shop: Shop) -> None:
    shop.remote.fault("GET /orders/search", "delay", seconds=5)
    server = stage.serve()
    shop.request_run()
    wait_until(lambda: shop.remote.get("faults")["faults"][0]["fired"], "search", 30)
    server.kill()
    shop.remote.heal()
    assert shop.count() == 0


def test_while_it_fetches(stage: Stage, shop: Shop) -> None:
    """The rows are stored and leased, their bundles are lost."""
    shop.remote.fault(r"GET /orders/\d+$", "delay", seconds=5)
    server = stage.serve()
    shop.request_run()
    wait_until(lambda: shop.count(STARTED), "rows are claimed", 30)
    server.kill()
    shop.remote.heal()
    assert shop.count(STARTED) == BATCH
    assert shop.count("payload IS NOT NULL") == 0
    assert shop.end_leases()


@pytest.mark.parametrize(
    "table", ["sale_channel_partner", "sale_order", "stock_move", "stock_quant"]
)
def test_in_the_middle_of_a_batch(stage: Stage, shop: Shop, table: str) -> None:
    """While customers, orders and deliveries are made, and while stock is reserved."""
    with held(stage, table):
        server = stage.serve()
        shop.request_run()
        wait_until(lambda: is_waiting_for(stage, table), f"{table} is waited for", 60)
        server.kill()
    shop.end_leases()


def test_at_any_moment(stage: Stage, shop: Shop) -> None:
    chance = random.Random(19)
    for _round in range(3):
        server = stage.serve()
        shop.request_run()
        wait_until(
            lambda: shop.count(STARTED) or not shop.unfinished(),
            "work begins",
            60,
            0.02,
        )
        moment = chance.uniform(0, 1.5)
        with pytest.raises(AssertionError):
            wait_until(lambda: False, "the moment", moment)
        server.kill()
        shop.end_leases()


def test_everything_is_there_once(stage: Stage, shop: Shop) -> None:
    stage.serve()
    shop.run(180)
    shop.assert_all_imported()


def test_interrupted_runs_are_told(stage: Stage, shop: Shop) -> None:
    states = {
        row[0] for row in stage.sql("SELECT DISTINCT state FROM sale_channel_run")
    }
    assert states == {"interrupted", "done"}


def test_row_that_kills_its_workers_gives_up(stage: Stage, shop: Shop) -> None:
    """A row spends its attempts even if no worker lives to write an error."""
    shop.remote.post("orders", seller_id=shop.remote.seller["id"])
    # Longer than the rest of the test: what is answered late is counted late.
    shop.remote.fault(r"GET /orders/\d+$", "delay", seconds=600)
    shop.request_run()
    wait_until(lambda: shop.count(STARTED), "the row is claimed", 30)
    stage.servers[0].kill()
    shop.remote.heal()
    stage.sql(
        "UPDATE sale_channel_order SET attempts = 15 "
        "WHERE sync_state IN ('fetch', 'process')"
    )
    shop.end_leases()
    shop.remote.reset_stats()
    stage.serve()
    shop.run()
    assert shop.count("error_code = 'attempts_exhausted' AND sync_state = 'error'") == 1
    assert set(shop.remote.stats()["routes"]) <= {"GET /orders/search"}
