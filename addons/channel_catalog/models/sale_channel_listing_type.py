from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleChannelListingType(models.Model):
    """A type of listings of a channel that has several, such as a premium one.

    A product has a listing of each type that new products are published with.
    """

    _name = "sale.channel.listing.type"
    _inherit = "field.guard.mixin"
    _description = "Type of Listings of a Sales Channel"
    _order = "channel_id, sequence, id"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade", guard="once"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, guard="server"
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, guard="once", help="As the channel calls it.")
    name = fields.Char(compute="_compute_name")
    made_here = fields.Boolean(
        compute="_compute_made_here", help="Odoo can make listings of this type."
    )
    published = fields.Boolean(
        "New Products",
        help="Each product that is shown on the channel gets a listing of this type.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        ondelete="restrict",
        help="Of listings of this type; empty: that of the channel.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE (channel_id, code)", "The channel has this type of listings already."
    )

    @api.depends("code", "channel_id")
    @api.depends_context("lang")
    def _compute_name(self):
        for row in self:
            row.name = row.channel_id._get_listing_type_name(row.code)

    @api.depends("code", "channel_id")
    def _compute_made_here(self):
        for row in self:
            traits = row.channel_id._get_catalog_traits()
            row.made_here = bool(traits) and (
                traits.made_types is None or row.code in traits.made_types
            )

    @api.constrains("published", "code")
    def _check_published(self):
        for row in self.filtered("published"):
            if not row.made_here:
                raise ValidationError(
                    self.env._(
                        "Listings of the type %(type)s are made by the channel, not by "
                        "Odoo.",
                        type=row.name,
                    )
                )

    @api.constrains("code", "channel_id")
    def _check_code(self):
        for row in self:
            traits = row.channel_id._get_catalog_traits()
            if traits is None or row.code not in traits.listing_types:
                raise ValidationError(
                    self.env._(
                        "The channel has no such type of listings: %(type)s",
                        type=row.code,
                    )
                )

    @api.model
    def _ensure(self, channel, codes):
        """A row for each type of a channel's listings; new products get one of the
        first."""
        known = self.search([("channel_id", "=", channel.id)])
        self.create(
            [
                {
                    "channel_id": channel.id,
                    "code": code,
                    "sequence": 10 * number,
                    "published": number == 1 and not known,
                }
                for number, code in enumerate(codes, 1)
                if code not in known.mapped("code")
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._look_at_again({"published", "pricelist_id"})
        return rows

    def write(self, vals):
        before = {row: (row.published, row.pricelist_id) for row in self}
        result = super().write(vals)
        changed = self.filtered(
            lambda row: before[row] != (row.published, row.pricelist_id)
        )
        changed._look_at_again(set(vals))
        return result

    def unlink(self):
        channels = self.channel_id
        result = super().unlink()
        channels._request_catalog(("listings_out", "price_out"))
        return result

    def _look_at_again(self, names):
        """What is decided here concerns every product of the channel."""
        if "published" in names:
            self.filtered("published").channel_id._request_catalog(("listings_out",))
        if "pricelist_id" in names:
            self.channel_id._request_catalog(("price_out",))

    @api.model
    def _check_listings(self, listings):
        """Listings are of a type that the channel has.

        :raises ValidationError: one is not
        """
        for listing in listings:
            traits = listing.channel_id._get_catalog_traits()
            if traits is None:
                raise ValidationError(
                    self.env._(
                        "%(channel)s has no catalogue.", channel=listing.channel_id.name
                    )
                )
            # What was there before may have a type of former times.
            if listing.origin == "created" and (
                listing.listing_type not in traits.listing_types
            ):
                raise ValidationError(
                    self.env._(
                        "The channel has no such type of listings: %(type)s",
                        type=listing.listing_type or "-",
                    )
                )
