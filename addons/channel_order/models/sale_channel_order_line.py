from odoo import api, fields, models

from ..tools.resolver import PRODUCT_KIND, OrderResolver


class SaleChannelOrderLine(models.Model):
    """What was bought with an order that has no sale order to show it."""

    _name = "sale.channel.order.line"
    _description = "Bought with a Channel Order"
    _order = "id"
    _rec_name = "title"

    order_id = fields.Many2one(
        "sale.channel.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="order_id.company_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    external_id = fields.Char("Channel Line", readonly=True)
    item_id = fields.Char("Listing", readonly=True)
    product_key = fields.Char(required=True, readonly=True)
    sku = fields.Char("SKU", readonly=True)
    title = fields.Char(readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    unit_price = fields.Monetary(readonly=True)
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        help="What Odoo finds for it now.",
    )
    found = fields.Selection(
        [("one", "Found"), ("none", "Not found"), ("several", "Several")],
        "Product Found",
        compute="_compute_product_id",
    )

    @api.depends("product_key", "order_id.channel_id")
    @api.depends_context("uid")
    def _compute_product_id(self):
        for channel, lines in self.grouped(lambda ln: ln.order_id.channel_id).items():
            resolver = OrderResolver(channel.sudo())
            resolver.load_products(lines.mapped("product_key"))
            for line in lines:
                products = resolver.find(line.product_key)
                line.found = ("none", "one", "several")[len(products[:2])]
                # Who may see the order need not see every product.
                line.product_id = len(products) == 1 and products.sudo(
                    self.env.su
                )._filtered_access("read")

    def action_link_product(self):
        """Choose the product that the channel's SKU stands for, from now on."""
        self.ensure_one()
        self.order_id._check_operator()
        mappings = self.env["sale.channel.mapping"]
        mappings.check_access("write")
        mapping = mappings._ensure(
            self.order_id.channel_id, PRODUCT_KIND, self.product_key, self.title
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_base.sale_channel_mapping_assign_action"
        )
        action["name"] = self.env._("Link Product")
        action["context"] = {"active_ids": mapping.ids}
        return action

    def action_create_product(self):
        """Open Odoo's form of a new product with what the channel tells."""
        self.ensure_one()
        self.order_id._check_operator()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Create Product"),
            "res_model": "product.product",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {
                "default_name": self.title,
                "default_default_code": self.sku,
                "default_list_price": self.unit_price,
                "default_sale_ok": True,
            },
        }
