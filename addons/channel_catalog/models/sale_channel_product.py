from odoo import api, fields, models


class SaleChannelProduct(models.Model):
    """A product on a channel that groups variants.

    With ``sudo``: what a channel calls a product follows its listings, whoever changes
    them.
    """

    _name = "sale.channel.product"
    _inherit = "field.guard.mixin"
    _description = "Product on a Sales Channel"
    _rec_name = "product_tmpl_id"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade", guard="once"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, guard="server"
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        "Product",
        required=True,
        index=True,
        ondelete="restrict",
        guard="server",
    )
    external_id = fields.Char("External ID", copy=False, guard="server")
    listing_ids = fields.One2many(
        "sale.channel.listing", "channel_product_id", "Listings"
    )

    _external_uniq = models.UniqueIndex(
        "(channel_id, external_id) WHERE external_id IS NOT NULL",
        "This product of the channel is known already.",
    )

    def _note_there(self, external_id, _details):
        """Keep what the channel calls it."""
        if self.external_id != external_id:
            self.external_id = external_id

    def _leave_place(self):
        """Forget where products were of which the channel has nothing any more."""
        gone = self.filtered(
            lambda group: not any(group.listing_ids.mapped("external_id"))
        )
        rows = self.env["sale.channel.listing.content"].sudo()
        rows.search([("kind", "=", "product"), ("res_id", "in", gone.ids)]).unlink()
        gone.external_id = False

    def _get_shared(self):
        """Those that hold variants there which are not of their template, or that Odoo
        does not know: nobody may write all of their options."""
        rows = self.env["sale.channel.remote.listing"].sudo()
        rows = rows.search_fetch(
            [
                ("channel_id", "in", self.channel_id.ids),
                ("external_product_id", "in", self.mapped("external_id")),
                ("gone_at", "=", False),
                ("listing_id", "=", False),
            ],
            ["external_product_id"],
        )
        foreign = set(rows.mapped("external_product_id")) - {False}
        return self.filtered(
            lambda group: (
                group.external_id in foreign
                or group.listing_ids.product_tmpl_id - group.product_tmpl_id
                or not all(group.listing_ids.mapped("product_id"))
            )
        )

    @api.model
    def _ensure(self, channel, templates):
        """The first product of the channel for each template, made if there is none.

        :return: dict id of the template → ``sale.channel.product``
        """
        groups = self.sudo().search(
            [
                ("channel_id", "=", channel.id),
                ("product_tmpl_id", "in", templates.ids),
            ],
            order="id",
        )
        missing = templates - groups.product_tmpl_id
        groups |= groups.create(
            [
                {"channel_id": channel.id, "product_tmpl_id": template.id}
                for template in missing
            ]
        )
        found = {}
        for group in groups:
            found.setdefault(group.product_tmpl_id.id, group)
        return found

    @api.model
    def _group(self, listings):
        """Give new listings the product there that groups variants, where there are
        such."""
        for channel, made in listings.grouped("channel_id").items():
            traits = channel._get_catalog_traits()
            lacking = made.filtered(
                lambda listing: listing.product_id and not listing.channel_product_id
            )
            if not traits or not traits.grouped or not lacking:
                continue
            groups = self._ensure(channel, lacking.product_tmpl_id)
            for listing in lacking:
                listing.channel_product_id = groups[listing.product_tmpl_id.id]
