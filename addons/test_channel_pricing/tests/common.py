"""A fake channel of a company that sells in scenarios."""

from odoo import fields
from odoo.fields import Command

from odoo.addons.channel_pricing_scenario.lib.family import KINDS
from odoo.addons.test_channel.tests.common import FakeCase

from ..lib.fake import FakePricing
from ..models.sale_channel_provider_fake import REMOTES


class PricingOutCase(FakeCase):
    """Two scenarios of one origin in an Argentine company, three customers of a group.

    The channel was told nothing yet; its side lives in ``self.prices``.
    """

    kinds = KINDS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.origin = cls.env["pricing.origin"].create(
            {"name": "Matriz", "warehouse_id": warehouse.id, "is_default": True}
        )
        cls.map_origin(cls.channel, cls.origin, "matriz")
        cls.resale = cls.make_scenario("Reventa")
        cls.retail = cls.make_scenario("Minorista")
        cls.group = cls.env["pricing.customer.group"].create(
            {"name": "Ferreterías", "pricing_scenario_id": cls.resale.id}
        )
        cls.buyers = cls.env["sale.channel.partner"]
        for number in range(1, 4):
            cls.buyers |= cls.make_buyer(f"B{number}", pricing_group_id=cls.group.id)

    @classmethod
    def make_scenario(cls, name, **values):
        return cls.env["pricing.scenario"].create(
            {"name": name, "company_id": cls.company.id, **values}
        )

    @classmethod
    def map_origin(cls, channel, origin, value):
        return cls.env["sale.channel.mapping"].create(
            {
                "channel_id": channel.id,
                "kind_id": cls.env.ref(
                    "channel_pricing_scenario.kind_pricing_origin"
                ).id,
                "external_value": value,
                "direction": "both",
                "res_id": origin.id,
            }
        )

    @classmethod
    def make_buyer(cls, external_id, channel=None, **values):
        partner = cls.env["res.partner"].create(
            {
                "name": f"Cliente {external_id}",
                "is_company": True,
                "country_id": cls.company.country_id.id,
                **values,
            }
        )
        return cls.env["sale.channel.partner"].create(
            {
                "channel_id": (channel or cls.channel).id,
                "external_id": external_id,
                "nickname": external_id,
                "partner_id": partner.id,
            }
        )

    def setUp(self):
        super().setUp()
        REMOTES.clear()
        self.addCleanup(REMOTES.clear)
        self.prices = REMOTES[self.channel.id] = FakePricing(self.kinds)
        # What was changed before is handed to nobody.
        self.env.cr.flush()
        self.env["sale.channel.change"]._drain()

    def confirm(self):
        """Look at the dry run and press Confirm & Send, then let the flow work."""
        action = self.channel.action_dry_run_pricing()
        self.env[action["res_model"]].browse(action["res_id"]).action_send()
        self.run_pricing()

    def run_pricing(self, full=True):
        """Let the scheduled action work until its run is over."""
        flow = self.flow("pricing_out")
        state = flow._get_state()
        values = {"retry_at": False}
        if full:
            values["last_run_at"] = False
        else:
            values["last_run_at"] = fields.Datetime.now()
            values["requests_seen"] = flow.run_requests
        state.write(values)
        # What was changed before is committed.
        self.env.cr.flush()
        for _slice in range(20):
            with self.enter_registry_test_mode():
                flow.cron_id.method_direct_trigger()
            self.env.invalidate_all()
            if not state.run_id:
                break
        return flow

    def items(self, kind=None):
        domain = [("channel_id", "=", self.channel.id)]
        if kind:
            domain.append(("kind", "=", kind))
        return self.env["sale.channel.pricing.item"].search(domain)

    def differences(self):
        return self.env["sale.channel.difference"].search(
            [("channel_id", "=", self.channel.id)]
        )

    def make_due(self):
        """Let pauses and leases be over."""
        waiting = self.items().filtered(lambda item: item.sync_state == "pending")
        waiting.next_attempt_at = fields.Datetime.now()
        self.env.flush_all()

    def groups_there(self, *buyers):
        """Names of the groups that buyers are in there, of the three if not told."""
        buyers = buyers or ("B1", "B2", "B3")
        return [self.prices.customer_group(buyer) for buyer in buyers]

    def group_of(self, scenario):
        return scenario.channel_group_ids

    def make_other_company(self):
        company = self.env["res.company"].create({"name": "Otra Empresa"})
        self.env.user.company_ids = [Command.link(company.id)]
        return company
