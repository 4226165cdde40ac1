from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class SaleChannel(models.Model):
    _inherit = "sale.channel"

    orders_from = fields.Datetime(
        default=fields.Datetime.now,
        help="Orders placed before this moment are left alone.",
    )
    import_as = fields.Selection(
        [("confirmed", "Confirmed Order"), ("quotation", "Quotation")],
        "Orders Arrive as",
        default="confirmed",
        required=True,
    )
    price_tax_mode = fields.Selection(
        [
            ("included", "Prices include the product's taxes"),
            ("excluded", "Prices are without taxes"),
            ("none", "No taxes on the lines"),
        ],
        "Taxes",
        default="included",
        required=True,
    )
    payment_term_id = fields.Many2one("account.payment.term", check_company=True)
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        "Payment Method",
        domain="[('payment_type', '=', 'inbound'), "
        "('company_id', 'parent_of', company_id)]",
    )
    warehouse_id = fields.Many2one("stock.warehouse", check_company=True)
    salesperson_id = fields.Many2one("res.users", domain="[('share', '=', False)]")
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        help="Also decides the currency that orders must have.",
    )
    carrier_id = fields.Many2one(
        "delivery.carrier", "Default Carrier", check_company=True
    )
    shipping_product_id = fields.Many2one(
        "product.product",
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="Carries the freight that the buyer pays to the seller.",
    )
    discount_product_id = fields.Many2one(
        "product.product",
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="Carries the discounts that the seller funds.",
    )
    freight_rule_ids = fields.One2many(
        "sale.channel.freight.rule",
        "channel_id",
        "Freight Rules",
        groups="channel_base.group_channel_user",
    )
    channel_order_ids = fields.One2many(
        "sale.channel.order", "channel_id", groups="channel_base.group_channel_user"
    )

    @api.model
    def _get_sync_models(self):
        return [*super()._get_sync_models(), "sale.channel.order"]

    def _compute_counts(self):
        result = super()._compute_counts()
        review = dict(
            self.env["sale.channel.order"]._read_group(
                Domain("channel_id", "in", self.ids)
                & Domain("needs_review", "=", True),
                ["channel_id"],
                ["__count"],
            )
        )
        for channel in self:
            channel.review_count = review.get(channel, 0)
        return result

    def _get_usual_delays(self):
        since = fields.Datetime.now() - timedelta(days=1)
        self.env["sale.channel.order"].flush_model(["imported_at", "changed_at"])
        self.env.cr.execute(
            SQL(
                """
                SELECT channel_id,
                       percentile_cont(0.5) WITHIN GROUP (
                           ORDER BY extract(epoch FROM imported_at - changed_at))
                  FROM sale_channel_order
                 WHERE channel_id = ANY(%(channels)s) AND imported_at >= %(since)s
                   AND changed_at BETWEEN %(since)s AND imported_at
                 GROUP BY channel_id
                """,
                channels=self.ids,
                since=since,
            )
        )
        return {**super()._get_usual_delays(), **dict(self.env.cr.fetchall())}

    # Provider contract

    def _get_order_source(self):
        """The provider's :class:`OrderSource` for this account."""
        self.ensure_one()
        raise NotImplementedError(self.channel_type)

    def _read_hint(self, topic, resource):
        """What a notification is about: a :class:`..lib.concern.Concern`, or None.

        :param topic: the service's word, untrusted but bounded
        :param resource: the same
        """
        self.ensure_one()
        return None

    def _get_search_topic(self):
        """The topic that announces what the search finds; False without any."""
        self.ensure_one()
        return False

    def _get_status_decisions(self):
        """External status → import / wait / ignore / cancel, when no de-para says it.

        A status that is missing here needs a de-para row.
        """
        self.ensure_one()
        return {}

    def _get_order_url(self, order):
        """Address of an order's page on the channel, or False."""
        self.ensure_one()
        return False

    def action_open_rows(self):
        rows = self.env.context.get("rows")
        filters = {
            "failed": ["rejected"],
            "waiting": ["waiting"],
            "review": ["review"],
        }
        if rows not in filters:
            return super().action_open_rows()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_order.sale_channel_order_action"
        )
        action["domain"] = [("channel_id", "=", self.id)]
        action["context"] = {f"search_default_{name}": 1 for name in filters[rows]}
        return action

    def action_open_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_order.sale_channel_order_action"
        )
        action["domain"] = [("channel_id", "=", self.id)]
        return action
