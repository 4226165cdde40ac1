from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleChannelListingComponent(models.Model):
    """What one piece of a listing that is a kit holds of a product."""

    _name = "sale.channel.listing.component"
    _inherit = ["sale.channel.change.mixin", "field.guard.mixin"]
    _description = "Component of a Listing"
    _order = "listing_id, id"
    _rec_name = "product_id"

    _change_fields = {"product_id", "quantity"}

    listing_id = fields.Many2one(
        "sale.channel.listing",
        required=True,
        index=True,
        ondelete="cascade",
        guard="once",
    )
    company_id = fields.Many2one(
        related="listing_id.company_id", store=True, guard="server"
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, ondelete="restrict"
    )
    quantity = fields.Float("Units", default=1, required=True, digits="Product Unit")

    _product_uniq = models.Constraint(
        "UNIQUE (listing_id, product_id)", "The kit holds this product already."
    )
    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "A kit holds at least a part of a unit."
    )

    @api.constrains("listing_id", "product_id")
    def _check_listing(self):
        """The listing's own rules; it is not written itself."""
        self._check_sold(self.listing_id)

    @api.model
    def _check_sold(self, listings):
        """Listings sell a product or several, of the channel's company or of all.

        :raises ValidationError: one does not
        """
        for listing in listings:
            if bool(listing.product_id) == bool(listing.component_ids):
                raise ValidationError(
                    self.env._("A listing sells one product, or is a kit of several.")
                )
            sold = listing.product_id | listing.component_ids.product_id
            company = listing.channel_id.company_id
            if sold.company_id - company:
                # Without names: whoever writes need not be allowed to see them.
                raise ValidationError(
                    self.env._(
                        "The product belongs to another company than the channel."
                    )
                )

    def _get_changes(self):
        """A kit's stock is its components'."""
        return {("sale.channel.listing", id_) for id_ in self.listing_id.ids}
