from odoo import fields, models

from odoo.addons.channel_base.lib.errors import AuthRequired
from odoo.addons.channel_base.lib.spec import FlowSpec
from odoo.addons.channel_order.models.sale_channel import SLOTS

from ..lib.fake import (
    STATUSES,
    FakeOrders,
    FakeRemote,
    FakeStatuses,
    concern,
    parse,
)

# The remote side lives in the process, like a server would live elsewhere.
REMOTES: dict[int, FakeRemote] = {}


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    channel_type = fields.Selection(
        selection_add=[("fake", "Fake")], ondelete={"fake": "set null"}
    )

    def _get_flow_specs(self):
        if self.channel_type != "fake":
            return super()._get_flow_specs()
        return {
            **super()._get_flow_specs(),
            "orders_in": FlowSpec(min_interval=2, max_batch=50, interval=5, batch=20),
            "orders_answer": FlowSpec(),
            "busy": FlowSpec(required_kinds=()),
            "stock_out": FlowSpec(interval=24 * 60, batch=100),
        }

    def _get_fake_remote(self):
        """The channel's remote side."""
        self.ensure_one()
        return REMOTES.setdefault(self.id, FakeRemote())

    def _check_connection(self):
        if self.channel_type != "fake":
            return super()._check_connection()
        if self.connection_state == "reauthorise":
            raise AuthRequired("refused")
        return "ok"

    def _get_order_source(self):
        if self.channel_type != "fake":
            return super()._get_order_source()
        return FakeOrders(self._get_fake_remote())

    def _parse_order(self, bundle):
        if self.channel_type != "fake":
            return super()._parse_order(bundle)
        return parse(bundle)

    def _read_hint(self, topic, resource):
        if self.channel_type != "fake":
            return super()._read_hint(topic, resource)
        return concern(topic, resource)

    def _get_search_topic(self):
        if self.channel_type != "fake":
            return super()._get_search_topic()
        return "orders"

    def _get_status_decisions(self):
        if self.channel_type != "fake":
            return super()._get_status_decisions()
        return {"paid": "import", "pending": "wait", "cancelled": "cancel"}

    def _get_paid_statuses(self):
        if self.channel_type != "fake":
            return super()._get_paid_statuses()
        return ("paid",)

    def _get_order_slots(self):
        if self.channel_type != "fake":
            return super()._get_order_slots()
        return SLOTS

    def _fetch_order_statuses(self):
        if self.channel_type != "fake":
            return super()._fetch_order_statuses()
        return STATUSES

    def _get_status_writer(self):
        if self.channel_type != "fake":
            return super()._get_status_writer()
        return FakeStatuses(self._get_fake_remote())

    def _get_order_url(self, order):
        if self.channel_type != "fake":
            return super()._get_order_url(order)
        return f"https://fake.example.com/orders/{order.url_id}"

    def _get_buyer_profile_url(self, buyer):
        if self.channel_type != "fake":
            return super()._get_buyer_profile_url(buyer)
        return f"https://fake.example.com/users/{buyer.external_id}"
