from odoo import api, fields, models

CHOICES = [
    ("default", "As the channel says"),
    ("yes", "Yes"),
    ("no", "No"),
]


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "sale.channel.change.mixin"]

    # Whatever else a listing shows: name, description, pictures, measures, price …
    _change_fields = None

    channel_show = fields.Selection(
        CHOICES, "Show in E-commerce", default="default", required=True
    )
    channel_sync_stock = fields.Selection(
        CHOICES, "Sync Stock to E-commerce", default="default", required=True
    )
    channel_ids = fields.Many2many(
        string="Only on These Channels",
        help="Empty: on every channel that shows it.",
    )
    channel_listing_count = fields.Integer(
        "Number of Listings",
        compute="_compute_channel_listing_count",
        groups="channel_base.group_channel_user",
    )
    channel_reasons = fields.Html(
        "Where It Is Sold",
        compute="_compute_channel_reasons",
        sanitize=False,
        groups="channel_base.group_channel_user",
    )

    def _compute_channel_listing_count(self):
        groups = self.env["sale.channel.listing"]._read_group(
            [("product_id.product_tmpl_id", "in", self.ids)],
            ["product_id"],
            ["__count"],
        )
        counts = {}
        for product, count in groups:
            template = product.product_tmpl_id.id
            counts[template] = counts.get(template, 0) + count
        for template in self:
            template.channel_listing_count = counts.get(template.id, 0)

    @api.depends_context("lang", "allowed_company_ids")
    def _compute_channel_reasons(self):
        templates = self.with_context(active_test=False)
        explained = self.env["sale.channel.reason"]._explain(
            {template: template.product_variant_ids for template in templates}
        )
        for template in self:
            template.channel_reasons = explained[template]

    def action_open_channel_outgoing(self):
        """Open what was sent of the product's variants, what waits and what failed."""
        variants = self.with_context(active_test=False).product_variant_ids
        return variants.action_open_channel_outgoing()

    def action_open_channel_listings(self):
        """Open where the product's variants are listed."""
        variants = self.with_context(active_test=False).product_variant_ids
        return variants.action_open_channel_listings()
