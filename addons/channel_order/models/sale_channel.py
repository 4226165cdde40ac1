from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.channel_base.lib.spec import FlowSpec
from odoo.addons.channel_base.tools.client import RELOAD, notification

# Fetch and reservation are read from the channel, the others written to it.
SLOTS = ("fetch", "reservation", "received", "return", "rejected")
INVOICING = {"invoicing", "invoicing_moment"}


class SaleChannel(models.Model):
    """With ``sudo``: flows and waiting invoices follow the settings, whoever changes
    them."""

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
    payment_registration = fields.Selection(
        [
            ("none", "Do not register them"),
            ("invoice", "Register them when the invoice is posted"),
        ],
        "Collected Payments",
        default="none",
        required=True,
        help="What the channel collected from the buyers.",
    )
    invoicing = fields.Selection(
        [
            ("none", "Made by hand"),
            ("draft", "Made as drafts"),
            ("post", "Made and posted"),
        ],
        "Invoices",
        default="none",
        required=True,
        help="Of the orders that are confirmed from then on; those that were confirmed "
        "before are invoiced by hand.",
    )
    invoicing_moment = fields.Selection(
        [
            ("paid", "The buyer has paid"),
            ("ready", "It is ready to ship"),
            ("delivered", "It is delivered"),
        ],
        "Invoice when",
        default="paid",
        required=True,
        help="Paid: what the channel collected covers the order, or the channel's "
        "status says that it is paid. Ready: each delivery is ready, done or has a "
        "tracking reference; what the channel ships is ready once confirmed. "
        "Delivered: each delivery is done; what the channel ships, once the channel "
        "says that it has left. Cancelled deliveries do not count; an order of "
        "services alone is ready and delivered once confirmed.",
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
    order_slots = fields.Char(
        compute="_compute_order_slots",
        help="Which status slots the provider can use.",
    )
    fetch_status_ids = fields.Many2many(
        "sale.channel.mapping",
        string="Statuses to Fetch",
        compute="_compute_status_slots",
        inverse="_inverse_fetch_status_ids",
        groups="channel_base.group_channel_user",
        help="Orders with these statuses are imported.",
    )
    reservation_status_ids = fields.Many2many(
        "sale.channel.mapping",
        string="Statuses to Reserve",
        compute="_compute_status_slots",
        inverse="_inverse_reservation_status_ids",
        groups="channel_base.group_channel_user",
        help="Orders with these statuses reserve stock; their delivery is held until "
        "the channel approves or cancels them.",
    )
    received_status_id = fields.Many2one(
        "sale.channel.status",
        "Status when Received",
        domain="[('channel_id', '=', id)]",
        help="Written to the channel once an order is stored here.",
    )
    return_status_id = fields.Many2one(
        "sale.channel.status",
        "Status when Confirmed",
        domain="[('channel_id', '=', id)]",
        help="Written to the channel once the sale order is confirmed. A status that "
        "tells of a shipment is written for each delivery that has left, with its "
        "tracking reference.",
    )
    rejected_status_id = fields.Many2one(
        "sale.channel.status",
        "Status when Rejected",
        domain="[('channel_id', '=', id)]",
        help="Written to the channel when an order is rejected.",
    )
    channel_order_ids = fields.One2many(
        "sale.channel.order", "channel_id", groups="channel_base.group_channel_user"
    )

    @api.depends("channel_type")
    def _compute_order_slots(self):
        for channel in self:
            slots = channel._get_provider()._get_order_slots(channel)
            channel.order_slots = ",".join(sorted(slots))

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        channels.filtered(lambda channel: channel._makes_invoices())._enable_invoicing()
        return channels

    def write(self, vals):
        if not INVOICING & vals.keys():
            return super().write(vals)
        before = self.filtered(lambda channel: channel._makes_invoices())
        result = super().write(vals)
        now = self.filtered(lambda channel: channel._makes_invoices())
        (now - before)._enable_invoicing()
        self.env["sale.channel.order.invoicing"].sudo().search(
            [
                ("channel_id", "in", self.ids),
                ("sync_state", "in", ("pending", "waiting", "held")),
            ]
        )._make_due()
        return result

    def _makes_invoices(self):
        """Whether the channel makes invoices automatically; False for no channel."""
        return bool(self) and self.invoicing != "none"

    def _enable_invoicing(self):
        for channel in self:
            channel._ensure_flows()
            channel.sudo().flow_ids.filtered(
                lambda flow: flow.kind == "orders_invoice"
            ).enabled = True

    def _get_order_warehouse(self):
        """The warehouse that the channel's orders leave from; maybe none."""
        self.ensure_one()
        warehouses = self.env["stock.warehouse"]
        return self.warehouse_id or warehouses.search(
            self._get_warehouse_domain(), limit=1
        )

    def _get_warehouse_domain(self):
        """Warehouses of which orders may leave whose channel names none."""
        return Domain("company_id", "=", self.company_id.id)

    @api.depends("mapping_ids.res_id")
    def _compute_status_slots(self):
        for channel in self:
            statuses = channel.mapping_ids.filtered(
                lambda row: row.kind_id.code == "order_status"
            )
            decisions = {row: row._get_record() for row in statuses}
            for slot, code in (("fetch", "import"), ("reservation", "reserve")):
                channel[f"{slot}_status_ids"] = statuses.filtered(
                    lambda row, c=code, d=decisions: d[row] and d[row].code == c
                )

    def _inverse_fetch_status_ids(self):
        self._inverse_status_slot("fetch_status_ids", "import")

    def _inverse_reservation_status_ids(self):
        self._inverse_status_slot("reservation_status_ids", "reserve")

    def _inverse_status_slot(self, field, code):
        """Slots are a view of the de-para; what leaves a slot waits."""
        decisions = self.env["sale.channel.order.decision"].search_fetch(
            [("code", "in", (code, "wait"))], ["code"]
        )
        by_code = {decision.code: decision.id for decision in decisions}
        for channel in self:
            chosen = channel[field]
            rows = channel.mapping_ids.filtered(
                lambda row: row.kind_id.code == "order_status"
            )
            before = rows.filtered(lambda row: row.res_id == by_code[code])
            (chosen - before).write({"res_id": by_code[code]})
            (before - chosen).write({"res_id": by_code["wait"]})

    def _get_slot_status(self, slot):
        """The channel's word for an outgoing slot; empty when it is not used."""
        self.ensure_one()
        if slot not in self._get_provider()._get_order_slots(self):
            return ""
        return self.sudo()[f"{slot}_status_id"].code or ""

    def _tells_deliveries(self):
        """Whether the channel's status of confirmed orders tells of each delivery."""
        self.ensure_one()
        statuses = self._get_provider()._get_delivery_statuses(self)
        return self._get_slot_status("return") in statuses

    def action_load_statuses(self):
        """Ask the channel for its statuses and offer them in the slots."""
        self.ensure_one()
        self.check_access("write")
        statuses = self._get_provider()._fetch_order_statuses(self)
        self._store_statuses(statuses)
        return notification(
            self.env._(
                "%(count)s statuses of the channel are known.", count=len(statuses)
            ),
            follow=RELOAD,
        )

    def _store_statuses(self, statuses):
        """Offer statuses in the slots; what people decided stays.

        :param statuses: list of :class:`OrderStatus`
        """
        mappings = self.env["sale.channel.mapping"]
        decisions = self._get_provider()._get_status_decisions(self)
        ids = {
            decision.code: decision.id
            for decision in self.env["sale.channel.order.decision"].search_fetch(
                [("code", "in", list(set(decisions.values())))], ["code"]
            )
        }
        for status in statuses:
            if not status.readable:
                continue
            row = mappings._ensure(self, "order_status", status.value, status.label)
            if not row.res_id and status.value in decisions:
                row.res_id = ids[decisions[status.value]]
        model = self.env["sale.channel.status"]
        present = model.search([("channel_id", "=", self.id)])
        known = set(present.mapped("code"))
        model.create(
            [
                {
                    "channel_id": self.id,
                    "code": status.value,
                    "name": status.label or status.value,
                }
                for status in statuses
                if status.writable and status.value not in known
            ]
        )

    @api.model
    def _get_sync_models(self):
        return [
            *super()._get_sync_models(),
            "sale.channel.order",
            "sale.channel.order.answer",
            "sale.channel.order.invoicing",
        ]

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

    def _get_flow_specs(self):
        specs = super()._get_flow_specs()
        if not self._makes_invoices():
            return specs
        # No service is called; the interval is that of the safety net.
        return {**specs, "orders_invoice": FlowSpec(interval=30)}

    def _find_listed(self, places):
        """What the listings that lines of orders name hold. Addons that know listings
        extend it.

        :param places: pairs of the channel's ids of a listing and of its variation, ""
            without variations
        :return: dict pair → list of :class:`..lib.packs.Component` of
            ``product.product``; without those that nobody knows
        """
        self.ensure_one()
        return {}

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

    def action_import_orders(self):
        """Choose orders, or a period, to be fetched."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_order.sale_channel_order_import_action"
        )
        action["context"] = {"default_channel_id": self.id}
        return action

    def action_open_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_order.sale_channel_order_action"
        )
        action["domain"] = [("channel_id", "=", self.id)]
        return action

    def action_open_invoicing(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_order.sale_channel_order_invoicing_action"
        )
        action["domain"] = [("channel_id", "=", self.id)]
        return action
