"""Many flows share few workers, and people share the flows with them."""

import statistics
import time
from collections.abc import Iterator

import pytest
from e2e.stage import Server, Shop, Stage, install, log_lines, wait_until

FLOWS = 10
# All ready actions of a pass share the limit, and each slice takes five seconds.
TIME_LIMIT = 90
ORDERS = 40
BATCH = 5
# A slice of five seconds is not waited for, however busy the machine is.
ANSWER_SECONDS = 2.0
ANSWERS = 20


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Shop:
    return stage.channel(stage.sandbox(ORDERS), batch_size=BATCH)


@pytest.fixture(scope="module")
def busy_flows(stage: Stage, shop: Shop) -> list[int]:
    install(stage.kit, stage.database, "test_channel")
    flows: list[int] = stage.new_worker("fake").call("make_busy_channels", count=FLOWS)
    return flows


@pytest.fixture
def server(stage: Stage) -> Iterator[Server]:
    server = stage.serve()
    yield server
    server.end()


def processed(stage: Stage) -> dict[int, int]:
    rows = stage.sql(
        "SELECT flow_id, sum(processed_count) FROM sale_channel_run "
        "WHERE processed_count > 0 GROUP BY 1"
    )
    return {flow: int(count) for flow, count in rows}


def conflicts_on_flows(server: Server) -> list[str]:
    """Statements on flows, or what they remember, that met another transaction."""
    refused = log_lines(server.log, "bad query")
    return [line for line in refused if "sale_channel_flow" in line]


def timed(session, model: str, method: str, *arguments) -> float:
    """The seconds until the user's page has its answer."""
    started = time.monotonic()
    session.call(model, method, *arguments)
    return time.monotonic() - started


def assert_at_once(session, model: str, method: str, record: int) -> None:
    """The answer waits for nobody: it takes no longer than some that need no row."""
    emptiest = timed(session, "res.users", "search_count", [])
    limit = max(ANSWER_SECONDS, ANSWERS * emptiest)
    assert timed(session, model, method, [record]) < limit


def toggle(session, flow: int) -> None:
    """Press the switch."""
    assert_at_once(session, "sale.channel.flow", "action_toggle", flow)


def test_pausing_between_batches(stage: Stage, shop: Shop, server: Server) -> None:
    """A flow that is switched off while it fetches ends with its batch."""
    session = server.login()
    shop.remote.fault(r"GET /orders/\d+$", "delay", seconds=1)
    shop.request_run()
    wait_until(lambda: shop.count("attempts > 0"), "a batch is fetched", 30)
    toggle(session, shop.flow)
    shop.remote.heal()
    wait_until(
        lambda: stage.value(
            "SELECT count(*) = 0 FROM sale_channel_order WHERE "
            "sync_state IN ('fetch', 'process') AND attempts > 0"
        ),
        "the batch ends",
        30,
    )
    last_write = stage.value("SELECT max(write_date) FROM sale_channel_order")
    done = shop.count("state = 'imported'")
    assert 0 < done <= 2 * BATCH
    stage.wake()
    time.sleep(2)
    assert shop.count("state = 'imported'") == done
    assert stage.value("SELECT max(write_date) FROM sale_channel_order") == last_write
    toggle(session, shop.flow)
    shop.request_run()
    shop.wait_idle()
    shop.assert_all_imported()
    assert not conflicts_on_flows(server)


def test_ten_busy_flows_on_one_worker(stage: Stage, busy_flows: list[int]) -> None:
    """No flow starves, and no worker is killed by the time limit."""
    server = stage.serve(
        "--workers=1",
        "--max-cron-threads=1",
        f"--limit-time-real-cron={TIME_LIMIT}",
        name="prefork",
    )
    started = time.monotonic()
    wait_until(
        lambda: set(busy_flows) <= set(processed(stage)), "all flows ran", TIME_LIMIT, 1
    )
    # A second round, beyond the limit of the first pass.
    before = processed(stage)
    wait_until(
        lambda: (
            time.monotonic() - started > TIME_LIMIT + 5
            and sum(processed(stage)[flow] > before[flow] for flow in busy_flows) >= 5
        ),
        "flows went on after the time limit of one pass",
        2 * TIME_LIMIT,
        1,
    )
    assert not log_lines(server.log, "timeout after")
    counts = [processed(stage)[flow] for flow in busy_flows]
    assert max(counts) <= 4 * statistics.median(counts)
    server.end()


def test_users_do_not_wait_for_busy_flows(
    stage: Stage, busy_flows: list[int], server: Server
) -> None:
    """Every switch answers at once while its flow runs, and the flow obeys."""
    session = server.login()
    for _turn in range(2):
        running = wait_until(
            lambda: [
                row[0]
                for row in stage.sql(
                    "SELECT r.flow_id FROM sale_channel_run r JOIN sale_channel_flow f "
                    "ON f.id = r.flow_id WHERE r.state = 'running' AND f.enabled "
                    "AND r.write_date > now() AT TIME ZONE 'UTC' - interval '1 second'"
                )
            ],
            "a flow is busy",
            30,
        )
        flow = running[0]
        toggle(session, flow)
        time.sleep(1)
        stopped_at = processed(stage)[flow]
        time.sleep(1)
        assert processed(stage)[flow] == stopped_at
    channel = stage.value(
        "SELECT channel_id FROM sale_channel_flow WHERE id = %s", flow
    )
    assert_at_once(session, "sale.channel", "action_pause", channel)
    assert not conflicts_on_flows(server)
