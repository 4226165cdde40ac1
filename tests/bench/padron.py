"""What asking ARCA's registry costs, besides the calls.

``./dev bench padron``. A thousand buyers, of whom three hundred have a CUIT, each its
own, against the sandbox of ARCA without latency:

* *set*: they are customers already and the scheduled look-ups go through them;
* *import*: the orders of as many others come in from the marketplace, and each batch of
  them is looked up before its orders are made.

The time is what is spent apart from the calls to ARCA, for each customer looked up. The
*floor* is ``res.partner.write`` of a responsibility, one customer after the other, in
the same run.

``BENCH_ORDERS`` is another number of buyers, while a benchmark is written.
"""

import itertools
import os
import time
from contextlib import contextmanager

from bench.support import control, report
from e2e import odoo_side
from sandbox import documents

from odoo.addons.channel_partner.lib.buyer import Buyer, FiscalIdentity

from devtool.sandbox import Sandbox
from devtool.testkit import Kit

BUYERS = int(os.environ.get("BENCH_ORDERS", "1000"))
TAXPAYERS = BUYERS * 3 // 10
BATCH = 25  # PROCESS_LIMIT of the flow
# The marketplace's rate limit would be measured otherwise, not this program.
CALLS_PER_MINUTE = 1_000_000.0
RESPONSIBILITY = "l10n_ar_afip_responsibility_type_id"


class Stopwatch:
    """Seconds inside some functions, each counted once when they call each other.

    What others left to be written is written before the count begins.
    """

    def __init__(self, env):
        self.env = env
        self.seconds = 0.0
        self._depth = 0

    @contextmanager
    def running(self):
        """Count what happens inside."""
        if not self._depth:
            self.env.flush_all()
        self._depth += 1
        started = time.perf_counter()
        try:
            yield
            self.env.flush_all()
        finally:
            self._depth -= 1
            if not self._depth:
                self.seconds += time.perf_counter() - started

    def watch(self, cls, name):
        """Count every call of a method from now on."""
        original = getattr(cls, name)

        def watched(*args, **kwargs):
            with self.running():
                return original(*args, **kwargs)

        setattr(cls, name, watched)


class Bench:
    def __init__(self, env):
        self.env = env
        self.kit = Kit.from_environment()
        self.asking, self.working = Stopwatch(env), Stopwatch(env)

    def setup(self):
        env, python = self.env, self.kit.databases.python
        supervisor = self.kit.odoo.supervisor
        one = ("--scenario", "bench", "--orders", "1")
        self.shop = Sandbox.start(python, supervisor, arguments=one).url
        self.arca = Sandbox.start(python, supervisor, kind="arca").url
        control("settings", {"unknown": "derive"}, self.arca)
        odoo_side.prepare_company(env, self.shop)
        company = env.ref("base.main_company")
        self.identity = control(
            "identity", {"cuit": company.partner_id.l10n_ar_vat}, self.arca
        )
        self.seller = control("info", sandbox=self.shop)["sellers"][0]
        made = odoo_side.make_channel(env, "Bench", self.shop, self.seller)
        provider = env.registry["sale.channel.provider.mercadolibre"]
        provider._get_calls_per_minute = lambda _self, _channel: CALLS_PER_MINUTE
        self.channel = env["sale.channel"].browse(made["channel"])
        self.flow = env["sale.channel.flow"].browse(made["flow"])
        env.cr.commit()

    def watch(self):
        registry = self.env.registry
        self.asking.watch(registry["partner.registry.arca"], "_look_up")
        for cls, name in (
            (registry["partner.registration.finding"], "_find"),
            (registry["sale.channel.flow"], "_get_cuits"),
            (registry["sale.channel.flow"], "_store_taxpayers"),
            (registry["sale.channel.partner.importer"], "_l10n_ar_settle"),
        ):
            self.working.watch(cls, name)

    def start_asking(self):
        """New tickets and certificates, no calls counted."""
        odoo_side.install_certificate(self.env, self.arca, self.identity)
        self.env.cr.commit()
        control("stats/reset", {}, self.arca)

    def calls(self):
        routes = control("stats", sandbox=self.arca)["routes"]
        logins = sum(n for route, n in routes.items() if "LoginCms" in route)
        return logins, sum(routes.values()) - logins

    def order_all(self):
        """Orders of as many buyers."""
        for turn in range(BUYERS):
            kind = "company" if turn < TAXPAYERS else "person"
            body = {"seller_id": self.seller["id"], "identity": kind}
            control("orders", body, self.shop)

    def make_set(self):
        """Customers of the channel who were never looked up."""
        people = [("DNI", str(60_000_000 + n)) for n in range(BUYERS - TAXPAYERS)]
        bodies = (documents.cuit("30", str(n)) for n in itertools.count(70_000_000))
        numbers = itertools.islice(filter(None, bodies), TAXPAYERS)
        buyers = [
            Buyer(
                external_id=number,
                nickname=number,
                identity=FiscalIdentity(document_type=kind, document_number=number),
            )
            for kind, number in [*people, *(("CUIT", number) for number in numbers)]
        ]
        self.env["sale.channel.partner.importer"]._upsert(
            self.channel, [(buyer, None) for buyer in buyers]
        )
        self.env.cr.commit()
        return self.env["res.partner"].search(
            [("l10n_ar_padron_due_at", "!=", False), ("identity_ids", "!=", False)]
        )

    def measure_floor(self):
        """Seconds for each of as many plain writes."""
        types = self.env["l10n_ar.afip.responsibility.type"]
        one, other = types.search([("code", "in", ("1", "6"))])
        partners = self.env["res.partner"].create(
            [{"name": f"Plain {n}", RESPONSIBILITY: one.id} for n in range(TAXPAYERS)]
        )
        self.env.cr.commit()
        self.env.invalidate_all()
        started = time.perf_counter()
        for partner in partners:
            partner.write({RESPONSIBILITY: other.id})
            partner.flush_recordset()
        self.env.cr.commit()
        return (time.perf_counter() - started) / TAXPAYERS

    def measure_set(self):
        """Seconds for each customer, apart from the calls."""
        self.start_asking()
        partners = self.make_set()
        partners._l10n_ar_padron_request()
        self.env.cr.commit()
        self.asking.seconds = 0.0
        self.env.invalidate_all()
        started = time.perf_counter()
        self.env["partner.registration.queue"]._run()
        self.env.cr.commit()
        seconds = time.perf_counter() - started - self.asking.seconds
        open_ = partners.filtered(lambda p: not p.l10n_ar_padron_answer_id)
        if open_ or len(partners) != TAXPAYERS:
            raise RuntimeError(f"{len(open_)} of {len(partners)} are not looked up")
        return seconds / TAXPAYERS

    def measure_import(self):
        """Seconds for each customer, apart from the calls; how many were answered."""
        self.order_all()
        control("stats/reset", {}, self.arca)
        self.asking.seconds = self.working.seconds = 0.0
        known = self.count_answers()
        started, more = time.perf_counter(), True
        while more:
            self.flow._cron_run(self.flow.id)
            state = self.flow.state_ids
            state.invalidate_recordset()
            if state.last_error_code:
                raise RuntimeError(f"the flow failed: {state.last_error_code}")
            more = bool(state.retry_at)
        self.seconds = time.perf_counter() - started
        rows = self.env["sale.channel.order"].search_count(
            [("channel_id", "=", self.channel.id), ("state", "=", "imported")]
        )
        if rows != BUYERS + 1:
            raise RuntimeError(f"{rows} of {BUYERS + 1} orders are imported")
        found = self.count_answers() - known
        return self.working.seconds / found, found

    def count_answers(self):
        return self.env["partner.registration.finding"].search_count(
            [("is_current", "=", True)]
        )

    def run(self):
        self.watch()
        floor = self.measure_floor()
        each = self.measure_set()
        logins, lists = self.calls()
        report("set: customers looked up", TAXPAYERS, "customers")
        report("set: logins", logins, "calls")
        report("set: list calls", lists, "calls")
        report("set: besides the calls", 1000 * each, "ms each", 1000 * floor)
        each, found = self.measure_import()
        logins, lists = self.calls()
        report("import: customers looked up", found, "customers")
        report("import: logins", logins, "calls")
        report("import: list calls", lists, "calls")
        report("import: batches of orders", -(-(BUYERS + 1) // BATCH), "batches")
        report("import: besides the calls", 1000 * each, "ms each", 1000 * floor)
        share = (self.asking.seconds + self.working.seconds) / self.seconds
        report("import: part of its time", 100 * share, "%")
        report("plain write of a responsibility", 1000 * floor, "ms each")


def main(env):
    bench = Bench(env)
    try:
        bench.setup()
        bench.run()
    finally:
        bench.kit.close()


main(env)  # noqa: F821 - Odoo's shell provides it
