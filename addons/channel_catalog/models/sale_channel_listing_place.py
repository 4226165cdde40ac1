from odoo import api, models
from odoo.exceptions import UserError

from .sale_channel_listing_report import FAMILIES


class SaleChannelListingPlace(models.AbstractModel):
    """Where listings are on the channel: which place they take, and how they leave it.

    A product may be sold there several times with the same type; its listings are
    numbered.

    With ``sudo``: rows of the outbox are the server's; a button checks first who
    presses it.
    """

    _name = "sale.channel.listing.place"
    _description = "Places of Listings on a Channel"

    @api.model
    def _find_other(self, record, external_id):
        """Another listing, or product there, of the channel that has an external id."""
        return record.search(
            [
                ("channel_id", "=", record.channel_id.id),
                ("external_id", "=", external_id),
                ("id", "!=", record.id),
            ],
            limit=1,
        )

    @api.model
    def _keep_former(self, listings, external_id):
        """Orders may still name what the channel called listings before it calls them
        something else."""
        for listing in listings:
            before = listing.external_id
            known = listing.former_external_ids or []
            if before and before != external_id and before not in known:
                listing.former_external_ids = [*known, before]

    @api.model
    def _check_type_stays(self, listings, listing_type):
        """:raises UserError: one is there, with another type"""
        for listing in listings.filtered("external_id"):
            if listing.listing_type != listing_type:
                raise UserError(
                    self.env._("The type of a listing cannot change any more.")
                )

    @api.model
    def _check_left(self, listings):
        """What Odoo made there would be made again, and nobody would know the first.

        :raises UserError: one of them is there
        """
        made = listings.sudo().filtered(
            lambda listing: listing.origin == "created" and not listing.missing_since
        )
        catalog = self.env["sale.channel.catalog"]
        there = made.filtered("external_id") | catalog._get_in_flight(made)
        if there:
            raise UserError(
                self.env._(
                    "%(listings)s: on the channel already. Hide it, or say on the "
                    "product that it is not shown.",
                    listings=", ".join(there[:5].mapped("display_name")),
                )
            )

    @api.model
    def _follow_type(self, listing, listing_type):
        """Keep the type that somebody gave a listing on the channel."""
        if listing_type == listing.listing_type:
            return
        others = listing.search(
            [
                ("channel_id", "=", listing.channel_id.id),
                ("product_id", "=", listing.product_id.id),
                ("product_id", "!=", False),
                ("quantity", "=", listing.quantity),
                ("listing_type", "=", listing_type),
            ]
        )
        number = self._get_free_number(others)
        listing.write({"listing_type": listing_type, "number": number})

    @api.model
    def _get_free_number(self, listings):
        """The first number that none of some listings has."""
        taken = set(listings.mapped("number"))
        return next(n for n in range(len(taken) + 1) if n not in taken)

    @api.model
    def _make_again(self, listings):
        """Have those made anew that the channel does not have any more.

        :raises UserError: none of them is gone
        """
        gone = listings.filtered("missing_since")
        if not gone:
            raise UserError(self.env._("The channel still has all of these."))
        for listing in gone:
            made = listing.channel_id._get_catalog_traits().made_types
            if made is not None and listing.listing_type not in made:
                raise UserError(
                    self.env._(
                        "%(listing)s: Odoo makes no listings of its type. Make it on "
                        "the channel; it is then linked.",
                        listing=listing.display_name,
                    )
                )
        self._leave(gone.sudo())

    @api.model
    def _leave(self, listings):
        """Forget where the listings were on the channel; orders may still name it."""
        rows = self.env["sale.channel.remote.listing"].search(
            [("listing_id", "in", listings.ids)]
        )
        for row in rows:
            # What was somebody else's there is its own when it is made.
            kept = set(row.listing_id.kept_fields or ()) - set(row.kept_fields or ())
            row.listing_id.kept_fields = sorted(kept) or False
        rows.write({"listing_id": False, "state": "new"})
        report = self.env["sale.channel.listing.report"]
        for name in FAMILIES:
            for row in report._get_rows(listings, name).values():
                row.sudo().unlink()
        listings.write(
            {
                "external_id": False,
                "external_stock_id": False,
                "url_id": False,
                "channel_status": False,
                "missing_since": False,
                "origin": "created",
                "approved": True,
                "stock_kept": False,
                "stock_there": 0,
                "warnings": False,
            }
        )
        listings.channel_product_id._leave_place()
