"""A family of rows that go out to the fake channel: many, in columns."""

from odoo import fields

from ..lib.fake_stock import FakeStock
from ..models.sale_channel_fake_stock import STOCKS
from .common import FakeCase

PLANNER = "odoo.addons.test_channel.models.sale_channel_fake_stock_planner"
FLOW = "odoo.addons.channel_base.models.sale_channel_flow"


class OutgoingCase(FakeCase):
    """Nine products on two shelves; the channel was told nothing yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.product"].search([("fake_listed", "=", True)]).write(
            {"fake_listed": False}
        )
        cls.shelves = cls.env["product.category"].create(
            [{"name": "Herrajes"}, {"name": "Pinturas"}]
        )
        cls.products = cls.env["product.product"].create(
            [
                {
                    "name": f"Artículo {number}",
                    "fake_listed": True,
                    "fake_quantity": number,
                    "categ_id": cls.shelves[number % 2].id,
                }
                for number in range(1, 10)
            ]
        )
        cls.out = cls.channel.flow_ids.filtered(lambda flow: flow.kind == "shelves_out")
        cls.planner = cls.env["sale.channel.fake.stock.planner"]

    def setUp(self):
        super().setUp()
        STOCKS.clear()
        self.addCleanup(STOCKS.clear)
        self.stock = STOCKS[self.channel.id] = FakeStock()

    def start(self):
        """Let the flow work from now on, without a run yet."""
        # What was changed before is handed to nobody.
        self.marks()
        self.out.confirmed = self.out.enabled = True
        self.env.cr.flush()

    def confirm(self):
        """Look at the dry run and press Confirm & Send, then let the flow work."""
        self.dry_run().action_send()
        self.run_out()

    def dry_run(self):
        action = self.out.action_dry_run()
        return self.env[action["res_model"]].browse(action["res_id"])

    def run_out(self, full=True):
        """Let the scheduled action work until its run is over; how many slices."""
        state = self.out._get_state()
        values = {"retry_at": False, "last_run_at": False}
        if not full:
            values["last_run_at"] = fields.Datetime.now()
            values["requests_seen"] = self.out.run_requests
        state.write(values)
        # What was changed before is committed.
        self.env.cr.flush()
        for slice_ in range(1, 41):
            with self.enter_registry_test_mode():
                self.out.cron_id.method_direct_trigger()
            self.env.invalidate_all()
            if not state.run_id:
                return slice_
        return self.fail("the run does not end")

    def rows(self, kind=None):
        domain = [("channel_id", "=", self.channel.id)]
        if kind:
            domain.append(("kind", "=", kind))
        return self.env["sale.channel.fake.stock"].search(domain)

    def states(self, kind=None):
        return set(self.rows(kind).mapped("sync_state"))

    def differences(self):
        return self.env["sale.channel.difference"].search(
            [("channel_id", "=", self.channel.id)]
        )

    def make_due(self):
        """Let pauses and leases be over."""
        waiting = self.rows().filtered(lambda row: row.sync_state == "pending")
        waiting.next_attempt_at = fields.Datetime.now()
        self.env.flush_all()

    def marks(self):
        """What the flow has still to plan, with what was saved until now."""
        self.env.cr.flush()
        while self.env["sale.channel.change"]._drain()[0]:
            pass
        return self.env["sale.channel.change.mark"].search(
            [("flow_id", "=", self.out.id)]
        )
