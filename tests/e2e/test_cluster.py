"""Two servers, two cron threads each, one database: nothing comes twice."""

from e2e.stage import Stage, log_lines, wait_until

CHANNELS = 4
ORDERS = 40


def test_no_order_comes_twice(stage: Stage) -> None:
    shops = [
        stage.channel(stage.sandbox(ORDERS, seed=seed), f"Shop {seed}")
        for seed in range(CHANNELS)
    ]
    servers = [stage.serve(name=f"node{number}") for number in (1, 2)]
    for shop in shops:
        shop.request_run()
    for shop in shops:
        shop.wait_idle(240)
    for shop in shops:
        shop.end_leases()
        shop.run(120)
        shop.assert_all_imported()
    assert all(log_lines(server.log, "fully done") for server in servers)
    # Conflicts end in another try, not in a failed run.
    states = stage.sql("SELECT DISTINCT state FROM sale_channel_run")
    assert states == [("done",)]
    reserved = wait_until(
        lambda: stage.value(
            "SELECT count(*) FROM stock_picking WHERE state = 'assigned'"
        ),
        "stock is reserved",
        10,
    )
    assert reserved >= CHANNELS * ORDERS / 4
