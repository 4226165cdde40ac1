from odoo import api, fields, models

CHOICES = [
    ("default", "As the product says"),
    ("yes", "Yes"),
    ("no", "No"),
]


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "sale.channel.change.mixin"]

    _change_fields = None

    channel_variant_show = fields.Selection(
        CHOICES, "Show Variant in E-commerce", default="default", required=True
    )
    channel_variant_sync_stock = fields.Selection(
        CHOICES, "Sync Variant's Stock", default="default", required=True
    )
    channel_listing_ids = fields.One2many(
        "sale.channel.listing",
        "product_id",
        "Listings",
        groups="channel_base.group_channel_user",
    )
    variant_listing_count = fields.Integer(
        "Listings of the Variant",
        compute="_compute_variant_listing_count",
        groups="channel_base.group_channel_user",
    )
    variant_channel_reasons = fields.Html(
        "Where the Variant Is Sold",
        compute="_compute_variant_channel_reasons",
        sanitize=False,
        groups="channel_base.group_channel_user",
    )

    def _compute_variant_listing_count(self):
        groups = self.env["sale.channel.listing"]._read_group(
            [("product_id", "in", self.ids)], ["product_id"], ["__count"]
        )
        counts = {product.id: count for product, count in groups}
        for product in self:
            product.variant_listing_count = counts.get(product.id, 0)

    @api.depends_context("lang", "allowed_company_ids")
    def _compute_variant_channel_reasons(self):
        explained = self.env["sale.channel.reason"]._explain(
            {product: product for product in self}
        )
        for product in self:
            product.variant_channel_reasons = explained[product]

    def _get_channel_sync(self, channel):
        """Whether a channel is told of the stock."""
        self.ensure_one()
        template = self.product_tmpl_id
        for choice in (self.channel_variant_sync_stock, template.channel_sync_stock):
            if choice != "default":
                return choice == "yes"
        return channel.catalog_sync_stock

    def action_open_channel_outgoing(self):
        """Open what was sent of the variants, what waits and what failed."""
        return self.env["sale.channel.outgoing"]._open_products(self)

    def action_open_channel_listings(self):
        """Open where the variants are listed."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_catalog.sale_channel_listing_action"
        )
        return {
            **action,
            "domain": [("product_id", "in", self.ids)],
            "context": {"default_product_id": self.id if len(self) == 1 else False},
        }
