"""A fake shop that the company sells its products in."""

from odoo import fields
from odoo.fields import Command

from odoo.addons.test_channel.tests.common import FakeCase

from ..lib.fake_shop import SHOPS, FakeShop

FAMILIES = {
    "listings_out": "sale.channel.listing.content",
    "stock_out": "sale.channel.listing.stock",
    "price_out": "sale.channel.listing.price",
}


class CatalogCase(FakeCase):
    """A channel of the fake shop; what it holds lives in ``self.shop``.

    Nothing goes out until :meth:`start`.
    """

    provider = "fake_shop"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever else there is in the database stays out of the shop.
        cls.env["product.template"].search([("channel_show", "=", "yes")]).write(
            {"channel_show": "default"}
        )
        cls.brand = cls.env["product.brand"].create({"name": "Marca"})

    @classmethod
    def make_item(cls, sku, **values):
        """A storable product with all that the shop wants of it."""
        return cls.env["product.product"].create(
            {
                "name": f"Artículo {sku}",
                "default_code": sku,
                "is_storable": True,
                "list_price": 100,
                "product_brand_id": cls.brand.id,
                "channel_show": "yes",
                "taxes_id": False,
                **values,
            }
        )

    @classmethod
    def make_varying(cls, sku, *counts, **values):
        """A product with attributes of so many values, and a variant of each pair."""
        lines = []
        for number, count in enumerate(counts, 1):
            attribute = cls.env["product.attribute"].create(
                {
                    "name": f"Atributo {number}",
                    "value_ids": [
                        Command.create({"name": f"{number}{letter}"})
                        for letter in "abcdefghij"[:count]
                    ],
                }
            )
            lines.append(
                Command.create(
                    {
                        "attribute_id": attribute.id,
                        "value_ids": [Command.set(attribute.value_ids.ids)],
                    }
                )
            )
        template = cls.env["product.template"].create(
            {
                "name": f"Artículo {sku}",
                "is_storable": True,
                "list_price": 100,
                "product_brand_id": cls.brand.id,
                "channel_show": "yes",
                "taxes_id": False,
                "attribute_line_ids": lines,
                **values,
            }
        )
        for number, variant in enumerate(template.product_variant_ids, 1):
            variant.default_code = f"{sku}-{number}"
        return template

    def setUp(self):
        super().setUp()
        SHOPS.clear()
        self.addCleanup(SHOPS.clear)
        self.shop = SHOPS[self.channel.id] = FakeShop()

    def start(self, *kinds):
        """Let flows that go out work from now on, without a run yet; all if not told.

        What was changed before is handed to nobody, what the shop sells is known.
        """
        self.read_list()
        self.marks()
        for kind in kinds or FAMILIES:
            flow = self.flow(kind)
            flow.confirmed = flow.enabled = True
        self.env.cr.flush()

    def read_list(self):
        """Let the flow read the shop's list, match and link; how it ended."""
        flow = self.flow("listings_in")
        flow.enabled = True
        flow.run_requests += 1
        self._run_flow(flow, full=True)
        return flow._get_state()

    def run_out(self, *kinds, full=True):
        """Let the scheduled actions work until their runs are over; all if not told.

        :param full: compare everything, not only what changed
        """
        for kind in kinds or FAMILIES:
            self._run_flow(self.flow(kind), full)

    def _run_flow(self, flow, full):
        state = flow._get_state()
        values = {"retry_at": False, "last_run_at": False}
        if not full:
            values["last_run_at"] = fields.Datetime.now()
            values["requests_seen"] = flow.run_requests
        state.write(values)
        # What was changed before is committed.
        self.env.cr.flush()
        for _slice in range(40):
            with self.enter_registry_test_mode():
                flow.cron_id.method_direct_trigger()
            self.env.invalidate_all()
            if not state.run_id:
                return
        self.fail("the run does not end")

    def marks(self, kind=None):
        """What a flow has still to plan, with what was saved until now."""
        self.env.cr.flush()
        while self.env["sale.channel.change"]._drain()[0]:
            pass
        flow = self.flow(kind) if kind else self.channel.flow_ids
        return self.env["sale.channel.change.mark"].search(
            [("flow_id", "in", flow.ids)]
        )

    def rows(self, kind="listings_out"):
        """The channel's rows of a family, by the kind of flow that sends them."""
        return self.env[FAMILIES[kind]].search([("channel_id", "=", self.channel.id)])

    def listings(self, products=None):
        domain = [("channel_id", "=", self.channel.id)]
        if products is not None:
            domain.append(("product_id", "in", products.ids))
        return self.env["sale.channel.listing"].search(domain)

    def make_due(self, kind="listings_out"):
        """Let pauses and leases be over."""
        waiting = self.rows(kind).filtered(lambda row: row.sync_state == "pending")
        waiting.next_attempt_at = fields.Datetime.now()
        self.env.flush_all()
