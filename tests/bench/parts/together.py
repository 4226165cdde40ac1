"""Two processes that import at once, of two accounts that sell different products.

Each account has a sandbox of its own. A process imports slice after slice, as the
scheduled action would: first both at once, which fills their caches and is not counted,
then one of them alone, then both again.
"""

import os
import time

from bench.support import report
from e2e import odoo_side
from e2e.worker import Worker

from devtool.sandbox import Sandbox
from devtool.testkit import Kit

# A slice is five seconds; no account may run out of orders.
SLICES = 2
ORDERS = 600
STOCK = 100_000
CALLS_PER_MINUTE = 1_000_000.0
IMPORT = "bench.parts.together.import_orders"
# Until both have got their request
START = 0.5


def measure(env):
    """Orders a second of two processes, against those of one."""
    kit = Kit.from_environment()
    workers = []
    try:
        flows = [make_account(env, kit, number) for number in range(2)]
        env.cr.commit()
        workers = Worker.start(kit, env.cr.dbname, "first", "second")
        for worker in workers:
            worker.wait_ready()
        run(workers, flows, 1)
        alone = run(workers[:1], flows[:1], SLICES)
        together = run(workers, flows, SLICES)
    finally:
        for worker in workers:
            worker.end()
        kit.close()
    report("two processes, other products", together, "orders/s", alone)


def make_account(env, kit, number):
    """A channel that sells products of its own; the id of its flow."""
    sandbox = Sandbox.start(
        kit.databases.python,
        kit.odoo.supervisor,
        seed=100 + number,
        arguments=("--scenario", "bench", "--orders", str(ORDERS)),
    )
    [seller] = sandbox.info()["sellers"]
    name = f"Account {number}"
    made = odoo_side.make_channel(env, name, sandbox.url, seller)
    channel = env["sale.channel"].browse(made["channel"])
    location = channel._get_order_warehouse().lot_stock_id
    quants = env["stock.quant"].with_company(channel.company_id)
    kind = env["sale.channel.mapping.kind"].search([("code", "=", "product")])
    products = env["product.product"].search(
        [("default_code", "!=", False), ("is_storable", "=", True)]
    )
    for product in products.filtered(lambda p: "/" not in p.default_code):
        own = product.copy({"default_code": f"{product.default_code}/{number}"})
        quants._update_available_quantity(own, location, STOCK)
        env["sale.channel.mapping"].create(
            {
                "channel_id": channel.id,
                "kind_id": kind.id,
                "external_value": product.default_code,
                "record_ref": f"product.product,{own.id}",
            }
        )
    return made["flow"]


def run(workers, flows, slices):
    """Have each process import; orders a second of all of them together."""
    at = time.time() + START
    for worker, flow in zip(workers, flows, strict=True):
        worker.send(IMPORT, at=at, flow_id=flow, slices=slices)
    results = [worker.receive() for worker in workers]
    return sum(count / seconds for count, seconds in results)


def import_orders(env, flow_id, slices):
    """In a worker: some slices; how many orders were imported, in how many seconds."""
    provider = env.registry["sale.channel.provider.mercadolibre"]
    provider._get_calls_per_minute = lambda _self, _channel: CALLS_PER_MINUTE
    flow = env["sale.channel.flow"].browse(flow_id)
    rows, ours = env["sale.channel.order"], [("channel_id", "=", flow.channel_id.id)]
    imported = [*ours, ("state", "=", "imported")]
    before, started = rows.search_count(imported), time.perf_counter()
    for _slice in range(slices):
        flow._cron_run(flow_id)
        state = flow._get_state()
        state.invalidate_recordset()
        if state.last_error_code or not state.retry_at:
            raise RuntimeError(f"{os.getpid()} stopped: {state.last_error_code}")
    seconds = time.perf_counter() - started
    return rows.search_count(imported) - before, seconds
