"""How long it takes to tell channels the stock of many listings.

``./dev bench stock``. Three channels sell the same products from one warehouse: 10,000
listings in all, then 100,000, all of which the channels were told. Then 1,000 products
change, and the three channels plan and send them. At last MercadoLibre sells 20,000 of
the products, over HTTP and under its rate limit; see ``parts/mercadolibre.py``.

The *floor* is what the product promises, so a ratio above 1 is too slow, or what Odoo
itself takes in the same run for the quantities of the same products.

``BENCH_ROWS`` makes fewer listings, while the benchmark is written.
"""

import gc
import os
import random
import time

from bench.parts import mercadolibre
from bench.parts.listings import (
    change,
    get_flow,
    make_listings,
    make_products,
    settle,
    told,
)
from bench.support import report

import odoo

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
CHANNELS = 3
CHANGED = 1000
REPEAT = 3
# Listings of a request
BATCH = 100


def timed(function, *args):
    started = time.perf_counter()
    result = function(*args)
    return (time.perf_counter() - started) * 1000, result


def memory():
    """What the process holds, in MB."""
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Writer:
    """A channel that takes whatever it is told, and counts."""

    def __init__(self):
        self.puts, self.records, self.calls = 0, 0, 0

    def take_calls(self):
        return 0

    def find(self, kind, targets):
        return {}

    def put(self, kind, records):
        self.puts += 1
        self.records += len(records)
        return {target.reference: target.external_id for target, _content in records}

    def delete(self, kind, targets):
        return {}


# What there is


def prepare_provider(env, writer):
    """Channels of no provider sell, and tell their stock to the writer."""
    from odoo.addons.channel_catalog.lib.traits import CatalogTraits

    provider = type(env["sale.channel.provider"])
    provider._get_catalog_traits = lambda self, channel: CatalogTraits()
    provider._get_stock_writer = lambda self, channel: writer
    provider._get_price_writer = lambda self, channel: writer


def make_channels(env):
    """The channels and their flows, which listen."""
    channels = env["sale.channel"].create(
        [
            {
                "name": f"Channel {number}",
                "company_id": env.company.id,
                "catalog_show": True,
            }
            for number in range(CHANNELS)
        ]
    )
    flows = channels.flow_ids.filtered(lambda flow: flow.kind == "stock_out").sudo()
    flows.write({"enabled": True, "confirmed": True, "batch_size": BATCH})
    env.cr.commit()
    return channels


# What is measured


def plan_all(env, channels):
    """The plan of a full run, page by page, as the flows do it.

    :return: milliseconds, changes kept, and the memory after each tenth page
    """
    kept, held, spent, pages = 0, [], 0.0, 0
    for channel in channels:
        flow = get_flow(channel)
        planner, rows = flow._get_planner(), flow._get_outgoing()

        def plan(part, last, channel=channel, planner=planner, rows=rows):
            ids = planner._get_page(channel, part, last)
            if not ids:
                return ids, 0
            planner._prepare(channel, part, ids)
            changes = planner._plan_part(channel, part, ids)
            env["sale.channel.outgoing.noter"]._note(rows, channel, changes)
            env.cr.commit()
            env.invalidate_all()
            return ids, len(changes)

        for part in planner._get_parts():
            ids = [0]
            while ids:
                took, (ids, count) = timed(plan, part, ids[-1])
                spent, kept = spent + took, kept + count
                pages += 1
                if not pages % 10:
                    held.append(memory())
    return spent, kept, held


def odoo_quantities(env, products):
    """What Odoo itself takes for the quantities of products in one warehouse."""
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    env.invalidate_all()
    return timed(
        lambda: products.with_context(
            warehouse_id=warehouse.id
        )._compute_quantities_dict(None, None, None)
    )[0]


def plan_changed(env, channels):
    """Hand over what changed, and plan it on all channels; in milliseconds."""
    env.invalidate_all()
    while env["sale.channel.change"]._drain()[0]:
        env.cr.commit()
    env.cr.commit()
    total = 0.0
    for channel in channels:
        flow = get_flow(channel)
        env.invalidate_all()
        spent, planned = timed(flow._plan_marked)
        assert planned
        while flow._plan_marked():
            pass
        env.cr.commit()
        total += spent
    return total


def measure_changes(env, channels, products, size, writer):
    """1,000 products change: plan, send; the median of what planning takes."""
    dice, taken, floors = random.Random(size), [], []
    rows = env["sale.channel.listing.stock"]
    for _time in range(REPEAT + 1):
        ids = dice.sample(products, min(CHANGED, len(products)))
        change(env, ids, dice)
        taken.append(plan_changed(env, channels))
        floors.append(odoo_quantities(env, env["product.product"].browse(ids)))
        waiting = rows.search([("sync_state", "=", "pending")])
        assert set(waiting.mapped("res_id")) == set(
            env["sale.channel.listing"].search([("product_id", "in", ids)]).ids
        )
        send(env, channels, writer)
    spent, floor = min(taken[1:]), min(floors[1:])
    name = f"plan {CHANGED} of {size} listings"
    report(f"{name}, {CHANNELS} channels", spent, "ms", 1000)
    report(f"{name}: Odoo's quantities, a channel", spent / CHANNELS, "ms", floor)
    return spent


def send(env, channels, writer):
    """Send what waits, and check that nothing else was sent."""
    from odoo.addons.channel_outgoing.lib.sending import send as deliver

    rows = env["sale.channel.listing.stock"]
    kind = rows._outgoing_family["stock"]
    writer.puts = writer.records = 0
    waiting = rows.search_count([("sync_state", "=", "pending")])
    for channel in channels:
        domain = [
            ("channel_id", "=", channel.id),
            ("operation", "=", "put"),
            ("kind", "=", "stock"),
        ]
        while claimed := rows._claim(domain, BATCH, order="next_attempt_at"):
            deliver(writer, kind, list(claimed._get_entries().values()))
            env.cr.commit()
    assert writer.records == waiting, (writer.records, waiting)
    report(f"requests for {waiting} listings", writer.puts, "", waiting / BATCH)
    told(env, rows._name)


def deliver(env, products):
    """Queries of each step of a delivery, which is taken back."""
    some = env["product.product"].browse(products)
    picking_type = env["stock.picking.type"].search(
        [("code", "=", "outgoing"), ("company_id", "=", env.company.id)], limit=1
    )
    customers = env.ref("stock.stock_location_customers")
    picking = env["stock.picking"].create(
        {
            "picking_type_id": picking_type.id,
            "location_id": picking_type.default_location_src_id.id,
            "location_dest_id": customers.id,
            "move_ids": [
                odoo.fields.Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": 1,
                        "location_id": picking_type.default_location_src_id.id,
                        "location_dest_id": customers.id,
                    }
                )
                for product in some
            ],
        }
    )
    env.cr.flush()
    counts = {}
    steps = {
        "confirm": picking.action_confirm,
        "reserve": picking.action_assign,
        "validate": picking.with_context(skip_backorder=True).button_validate,
    }
    for name, step in steps.items():
        before = env.cr.sql_log_count
        step()
        env.cr.flush()
        counts[name] = env.cr.sql_log_count - before
    env.cr.rollback()
    env.invalidate_all()
    return counts


def measure_save(env, products):
    """Queries of a user's delivery, with flows that listen and with none."""

    changes = type(env["sale.channel.change"])
    listened = changes._get_listened
    deliver(env, products[:20])  # what a process reads once
    with_flows = deliver(env, products[:20])
    changes._get_listened = lambda self: frozenset()
    try:
        deliver(env, products[:20])
        without = deliver(env, products[:20])
    finally:
        changes._get_listened = listened
    for name, count in with_flows.items():
        more = count - without[name]
        report(f"queries of a user's move: {name}, more than {without[name]}", more, "")


def measure_size(env, channels, size, known, writer):
    """Everything, with so many listings.

    :param known: ids of the products that there are
    """
    wanted = size // CHANNELS
    made, _new = timed(grow, env, channels, wanted, known)
    report(f"{size} listings made", made / 1000, "s")
    settle(env)
    spent, kept, held = plan_all(env, channels)
    report(f"first plan of {size}", spent / 1000, "s")
    told(env, "sale.channel.listing.stock")
    settle(env)
    spent, kept, held = plan_all(env, channels)
    assert not kept, kept
    report(f"full pass of {size}, nothing changed", spent / 1000, "s", 60)
    if len(held) > 1:
        name = f"memory of the last pages of {size} against the tenth"
        report(name, held[-1], "MB", held[0])
    return measure_changes(env, channels, known, size, writer)


def grow(env, channels, wanted, known):
    new = make_products(env, wanted - len(known))
    make_listings(env, channels, new)
    known += new


def main(env):
    writer = Writer()
    prepare_provider(env, writer)
    channels = make_channels(env)
    products = []
    few = measure_size(env, channels, ROWS // 10, products, writer)
    many = measure_size(env, channels, ROWS, products, writer)
    report(f"plan {CHANGED} of {ROWS} against of {ROWS // 10}", many, "ms", few * 1.5)
    measure_save(env, products)
    mercadolibre.measure(env, products)


main(env)  # noqa: F821 - Odoo's shell provides it
