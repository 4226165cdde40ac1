from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..models.sale_channel_listing_comparison import VALUES


class SaleChannelListingDifference(models.TransientModel):
    """A field of a listing that was on the channel before, where Odoo has another
    value, and which of both counts from now on.

    With ``sudo``: what a channel keeps is the server's to note.
    """

    _name = "sale.channel.listing.difference"
    _description = "Difference Between a Listing and Odoo"
    _order = "listing_id, id"
    _rec_name = "label"

    listing_id = fields.Many2one(
        "sale.channel.listing", required=True, readonly=True, ondelete="cascade"
    )
    channel_id = fields.Many2one(related="listing_id.channel_id")
    external_id = fields.Char(related="listing_id.external_id")
    name = fields.Char(required=True, readonly=True)
    of_product = fields.Boolean(readonly=True)
    label = fields.Char("Field", compute="_compute_label", store=True)
    there = fields.Text("On the Channel", readonly=True)
    here = fields.Text("In Odoo", readonly=True)
    winner = fields.Selection(
        [
            ("odoo", "Odoo: overwrite it there"),
            ("channel", "Channel: write it into Odoo"),
            ("kept", "Leave both as they are"),
        ],
        "What Counts",
        default="odoo",
        required=True,
    )

    @api.depends("name")
    def _compute_label(self):
        catalog = self.env["sale.channel.catalog"]
        values = {"quantity": self.env._("Quantity"), "price": self.env._("Price")}
        for line in self:
            line.label = values.get(line.name) or catalog._get_label(line.name)

    @api.constrains("winner")
    def _check_winner(self):
        comparison = self.env["sale.channel.listing.comparison"]
        for line in self:
            if line.name in VALUES and line.winner != "odoo":
                raise ValidationError(
                    self.env._(
                        "Whether stock and prices go out is decided on the product and "
                        "on the channel, not here."
                    )
                )
            if line.winner == "channel" and not comparison._get_writable(
                line.listing_id, line.name, line.of_product
            ):
                raise ValidationError(
                    self.env._(
                        "%(field)s cannot be written into Odoo: overwrite it there, or "
                        "leave both as they are.",
                        field=line.label,
                    )
                )

    @api.model
    def _open(self, listings):
        """Show what differs of some listings.

        :raises UserError: nothing does
        """
        self.search([("listing_id", "in", listings.ids)]).unlink()
        lines = self.create(
            [
                {
                    "listing_id": found["listing"].id,
                    **{
                        key: found[key]
                        for key in ("name", "of_product", "there", "here")
                    },
                    "winner": "kept"
                    if found["name"] in (found["listing"].kept_fields or ())
                    else "odoo",
                }
                for found in self.env["sale.channel.listing.comparison"]._compare(
                    listings
                )
            ]
        )
        if not lines:
            raise UserError(
                self.env._("Nothing differs: the listings can be approved as they are.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Differences"),
            "res_model": self._name,
            "view_mode": "list",
            "domain": [("id", "in", lines.ids)],
            "context": {"group_by": "listing_id"},
        }

    def action_odoo(self):
        """What Odoo has counts."""
        self.winner = "odoo"

    def action_channel(self):
        """What the channel shows is written into Odoo."""
        self.winner = "channel"

    def action_keep(self):
        """Both stay as they are."""
        self.winner = "kept"

    def action_approve(self):
        """Let the listings of these lines go out, as all their lines say.

        :raises AccessError: the user may not write listings, or a product
        """
        listings = self.listing_id
        listings.check_access("write")
        comparison = self.env["sale.channel.listing.comparison"]
        lines = self.search([("listing_id", "in", listings.ids)])
        for listing, some in lines.grouped("listing_id").items():
            for line in some.filtered(lambda line: line.winner == "channel"):
                comparison._write_product(listing, line.name, line.of_product)
            told = set(some.mapped("name"))
            kept = set(listing.kept_fields or ()) - told
            kept |= {line.name for line in some if line.winner == "kept"}
            listing.sudo().kept_fields = sorted(kept) or False
        listings.approved = True
        lines.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
