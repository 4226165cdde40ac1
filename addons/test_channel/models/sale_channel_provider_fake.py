from odoo import models

from odoo.addons.channel_base.lib.errors import AuthRequired
from odoo.addons.channel_base.lib.spec import FlowSpec
from odoo.addons.channel_order.models.sale_channel import SLOTS

from ..lib.client import FakeClient
from ..lib.parser import concern, parse
from ..lib.remote import STATUSES, remote_of


class SaleChannelProviderFake(models.AbstractModel):
    """The smallest provider of orders and statuses: the example of docs/provider.md."""

    _name = "sale.channel.provider.fake"
    _inherit = "sale.channel.provider"
    _description = "Fake Provider"

    def _get_flow_specs(self, channel):
        return {
            "orders_in": FlowSpec(min_interval=2, max_batch=50, interval=5, batch=20),
            "orders_answer": FlowSpec(),
            "busy": FlowSpec(),
            "shelves_out": FlowSpec(interval=24 * 60, batch=100, stale=30),
        }

    def _check_connection(self, channel):
        if channel.connection_state == "reauthorise":
            raise AuthRequired("refused")
        return "ok"

    def _get_order_source(self, channel):
        return FakeClient(remote_of(channel.id))

    def _parse_order(self, channel, bundle):
        return parse(bundle)

    def _read_hint(self, channel, topic, resource):
        return concern(topic, resource)

    def _get_search_topic(self, channel):
        return "orders"

    def _get_status_decisions(self, channel):
        return {"paid": "import", "pending": "wait", "cancelled": "cancel"}

    def _get_paid_statuses(self, channel):
        return ("paid",)

    def _get_order_slots(self, channel):
        return SLOTS

    def _fetch_order_statuses(self, channel):
        return STATUSES

    def _get_status_writer(self, channel):
        return FakeClient(remote_of(channel.id))

    def _get_order_url(self, channel, order):
        return f"https://fake.example.com/orders/{order.url_id}"

    def _get_buyer_profile_url(self, channel, buyer):
        return f"https://fake.example.com/users/{buyer.external_id}"
