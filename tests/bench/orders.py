"""How fast orders come in, against what Odoo itself needs to write them.

``./dev bench orders``. Our flow driver imports the orders of the sandbox (``bench``
scenario) over HTTP into confirmed sale orders with reserved deliveries. The *floor* is
Odoo alone: the very values that our import gave to ``create`` are created and confirmed
again by bare ORM calls, in the same batches, with the same context, taxes and prices,
and reserved as Odoo does it. Both alternate slice by slice, on the same database and in
the same process, so that growing tables and a busy machine favour neither.

*Two processes* import two accounts that sell different products; see
``bench.parts.together``. What counts is how many times the orders of one that is.

*Peers* is the usual way of connectors: the same values, one order and one commit each.

``BENCH_PROFILE`` names a file for the profile of our import (``cProfile``), and of the
floor with ``.floor`` at its end; the speeds then mean nothing.
"""

import cProfile
import gc
import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.parts import together
from bench.support import SANDBOX, control, report
from e2e import odoo_side

from odoo.fields import Command

PROFILE = os.environ.get("BENCH_PROFILE")
PEERS_PER_SLICE = 8
# The service's rate limit would be measured otherwise, not this program.
CALLS_PER_MINUTE = 1_000_000.0
# What makes an order one of the channel's; the floor's orders are ordinary ones.
CHANNEL_FIELDS = {"sale_channel_id"}
CHANNEL_LINE_FIELDS = {"channel_line_ref", "channel_fee", "channel_tax_source_ids"}


class Clock:
    """Seconds spent on one way of doing it."""

    def __init__(self, cr):
        self.cr = cr
        self.seconds = 0.0
        self.orders = 0
        self.queries = 0
        self.profile = cProfile.Profile() if PROFILE else None

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count what happens inside; every turn begins without cached records."""
        self.cr.rollback()
        gc.collect()
        queries, started = self.cr.sql_log_count, time.perf_counter()
        if self.profile:
            self.profile.enable()
        yield
        if self.profile:
            self.profile.disable()
        self.seconds += time.perf_counter() - started
        self.queries += self.cr.sql_log_count - queries

    @property
    def queries_per_order(self):
        return self.queries / self.orders if self.orders else 0.0

    @property
    def rate(self):
        return self.orders / self.seconds if self.seconds else 0.0


class Recorder:
    """Notes what is given to ``create`` of customers and orders, and what comes out."""

    MODELS = ("res.partner", "sale.order")

    def __init__(self, env):
        self.env = env
        self.calls = []

    @contextmanager
    def recording(self) -> Iterator[list]:
        self.calls = []
        for model in self.MODELS:
            self._wrap(self.env.registry[model], model)
        try:
            yield self.calls
        finally:
            for model in self.MODELS:
                del self.env.registry[model].create

    def _wrap(self, cls, model):
        original = cls.create

        def create(records, vals_list):
            values = [dict(vals) for vals in vals_list]
            made = original(records, vals_list)
            self.calls.append((model, values, dict(records.env.context), made.ids))
            return made

        cls.create = create


class Floor:
    """Creates and confirms again, by bare ORM, what our import created."""

    def __init__(self, env):
        self.env = env
        self.partners = {}

    def prepare(self, calls):
        """Batches of (partner calls, order values, context); nothing is timed here."""
        batches, partners = [], []
        for model, values, context, ids in calls:
            if model == "res.partner":
                partners.append((values, context, ids))
                continue
            orders = self.env["sale.order"].browse(ids)
            values = [
                self._as_ordinary_order(vals, order)
                for vals, order in zip(values, orders, strict=True)
            ]
            batches.append((partners, values, context))
            partners = []
        return batches

    def _as_ordinary_order(self, vals, order):
        vals = {key: val for key, val in vals.items() if key not in CHANNEL_FIELDS}
        lines = []
        for (_code, _id, line_vals), line in zip(
            vals["order_line"], order.order_line, strict=True
        ):
            kept = {k: v for k, v in line_vals.items() if k not in CHANNEL_LINE_FIELDS}
            kept["tax_ids"] = [Command.set(line.tax_ids.ids)]
            lines.append(Command.create(kept))
        return {**vals, "order_line": lines}

    def create_partners(self, calls):
        for values, context, ids in calls:
            model = self.env["res.partner"].with_context(self._as_ordinary(context))
            made = model.create([self._again(vals) for vals in values])
            self.partners.update(zip(ids, made.ids, strict=True))

    def create_orders(self, values, context):
        model = self.env["sale.order"].with_context(self._as_ordinary(context))
        orders = model.create([self._again(vals) for vals in values])
        orders.action_confirm()
        return orders

    def _as_ordinary(self, context):
        """The context without what our import asks of Odoo to be faster."""
        return {key: val for key, val in context.items() if "channel_" not in key}

    def _again(self, vals):
        """The same values for the floor's own customers."""
        names = ("parent_id", "partner_id", "partner_invoice_id", "partner_shipping_id")
        mine = {n: self.partners.get(vals[n], vals[n]) for n in names if vals.get(n)}
        return {**vals, **mine}


def one_by_one(batches):
    """The same work in pieces of one order and its own customers."""
    for partners, values, context in batches:
        wanted = {}
        calls = [
            ([vals], ctx, [number])
            for many, ctx, ids in partners
            for vals, number in zip(many, ids, strict=True)
        ]
        # A customer is created with the first order that needs it.
        for (many, _ctx, ids), call in zip(calls, calls, strict=True):
            owner = many[0].get("parent_id") or ids[0]
            wanted.setdefault(owner, []).append(call)
        for vals in values:
            yield wanted.pop(vals["partner_id"], []), [vals], context


class Bench:
    def __init__(self, env):
        self.env = env
        self.ours, self.floor, self.peers = self.new_clocks()

    def new_clocks(self):
        return Clock(self.env.cr), Clock(self.env.cr), Clock(self.env.cr)

    def setup(self):
        env = self.env
        odoo_side.prepare_company(env, SANDBOX)
        seller = control("info")["sellers"][0]
        made = odoo_side.make_channel(env, "Bench", SANDBOX, seller)
        provider = env.registry["sale.channel.provider.mercadolibre"]
        provider._get_calls_per_minute = lambda _self, _channel: CALLS_PER_MINUTE
        self.channel = env["sale.channel"].browse(made["channel"])
        self.flow = env["sale.channel.flow"].browse(made["flow"])
        company = self.channel.company_id
        self.user_env = env(
            context={**env.context, "allowed_company_ids": [company.id]}
        )
        env.cr.commit()
        control("stats/reset", {})

    def run_slice(self):
        """One slice as the scheduled action runs it; whether there is more to do."""
        self.flow._cron_run(self.flow.id)
        state = self.flow.state_ids
        state.invalidate_recordset()
        if state.last_error_code:
            raise RuntimeError(f"the flow failed: {state.last_error_code}")
        return bool(state.retry_at)

    def import_all(self):
        recorder, floor = Recorder(self.env), Floor(self.user_env)
        peers, more, warming = Floor(self.user_env), True, True
        while more:
            with recorder.recording() as calls, self.ours.running():
                more = self.run_slice()
            batches = floor.prepare(calls)
            self.ours.orders += sum(len(values) for _p, values, _c in batches)
            self.measure_floor(floor, batches)
            sample = one_by_one(batches)
            self.measure_peers(peers, itertools.islice(sample, PEERS_PER_SLICE))
            if warming:
                # The first slice fills caches that live as long as the process.
                self.ours, self.floor, self.peers = self.new_clocks()
                warming = False

    def measure_floor(self, floor, batches):
        with self.floor.running():
            for partners, values, context in batches:
                floor.create_partners(partners)
                self.floor.orders += len(floor.create_orders(values, context))
                self.env.cr.commit()

    def measure_peers(self, peers, singles):
        with self.peers.running():
            for partners, values, context in singles:
                with self.env.cr.savepoint():
                    peers.create_partners(partners)
                    self.peers.orders += len(peers.create_orders(values, context))
                self.env.cr.commit()

    def check(self):
        """Both made the same: totals and deliveries."""
        rows = self.env["sale.channel.order"].search([])
        bad = rows.filtered(lambda row: row.state != "imported")
        if bad:
            raise RuntimeError(f"not imported: {bad.mapped('error_message')[:5]}")
        self.env.cr.execute(
            """
            SELECT o.sale_channel_id IS NULL, sum(o.amount_total), p.state, count(*)
              FROM sale_order o JOIN stock_picking p ON p.sale_id = o.id
             WHERE o.id <= (SELECT max(sale_order_id) FROM sale_channel_order)
             GROUP BY 1, 3
            """
        )
        for _ordinary, _total, state, _count in self.env.cr.fetchall():
            if state != "assigned":
                raise RuntimeError(f"a delivery is {state}, not reserved")
        return len(rows)

    def report(self):
        carts = self.check()
        stats = control("stats")
        packs = len({row["pack_id"] for row in control("truth") if row["pack_id"]})
        report("import over HTTP", self.ours.rate, "orders/s", self.floor.rate)
        report("floor: bare ORM, batches", self.floor.rate, "orders/s")
        report("as peers: one order, one commit", self.peers.rate, "orders/s")
        report(
            "queries per order",
            self.ours.queries_per_order,
            "queries",
            self.floor.queries_per_order,
        )
        report("orders imported", carts, "orders")
        report("calls per order", stats["total"] / carts, "calls")
        without_packs = stats["total"] - stats["routes"].get("GET /packs/{id}", 0)
        report("calls per order without packs", without_packs / carts, "calls")
        report("carts that are packs", packs, "orders")

    def measure_unchanged(self):
        control("stats/reset", {})
        self.flow.state_ids.last_run_at = False
        self.env.cr.commit()
        again = Clock(self.env.cr)
        with again.running():
            while self.run_slice():
                pass
        stats = control("stats")
        others = stats["total"] - stats["routes"]["GET /orders/search"]
        report("nothing changed: searches", stats["total"], "calls")
        report("nothing changed: other calls", others, "calls")
        report("nothing changed: time", again.seconds, "s")


def main(env):
    bench = Bench(env)
    bench.setup()
    bench.import_all()
    bench.report()
    bench.measure_unchanged()
    if not PROFILE:
        together.measure(env)
    else:
        bench.ours.profile.dump_stats(PROFILE)
        bench.floor.profile.dump_stats(f"{PROFILE}.floor")


main(env)  # noqa: F821 - Odoo's shell provides it
