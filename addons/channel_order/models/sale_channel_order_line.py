from odoo import api, fields, models

from ..tools.resolver import PRODUCT_KIND, OrderResolver


class SaleChannelOrderLine(models.Model):
    """What was bought with an order that Odoo does not count: nobody else may have it.

    There are lines as long as the channel sells the order and no confirmed sale order
    does.
    """

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
    variation_id = fields.Char(readonly=True)
    by_channel = fields.Boolean(
        "Shipped by the Channel",
        readonly=True,
        help="From its own warehouse, so nothing of ours is spoken for.",
    )
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
    components_text = fields.Char(
        "Sells",
        compute="_compute_product_id",
        help="What one piece of a pack or a kit holds.",
    )
    found = fields.Selection(
        [("one", "Found"), ("none", "Not found"), ("several", "Several")],
        "Product Found",
        compute="_compute_product_id",
    )

    @api.depends("product_key", "item_id", "variation_id", "order_id.channel_id")
    @api.depends_context("uid", "lang")
    def _compute_product_id(self):
        for channel, lines in self.grouped(lambda ln: ln.order_id.channel_id).items():
            resolver = OrderResolver(channel.sudo())
            resolver.load_lines(lines)
            for line in lines:
                parts = resolver.listed(line)
                products = resolver.find(line.product_key)
                if parts:
                    products = products.concat(*(part.product for part in parts))
                # Who may see the order need not see every product.
                readable = products.sudo(self.env.su)._filtered_access("read")
                one = "one" if parts else ("none", "one", "several")[len(products[:2])]
                line.found = one
                line.product_id = len(products) == 1 and readable
                line.components_text = (
                    readable == products and line._describe_components(parts)
                )

    def _describe_components(self, parts):
        """Packs and kits in words; nothing of what sells one unit of one product.

        :param parts: :class:`..lib.packs.Component`
        """
        if all(part.quantity == 1 for part in parts) and len(parts) < 2:
            return False
        return ", ".join(
            f"{part.quantity.normalize():f} × {part.product.display_name}"
            for part in parts
        )

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
