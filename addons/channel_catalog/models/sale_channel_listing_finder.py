from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.channel_order.lib.packs import Component

from ..lib.remote import get_places


class SaleChannelListingFinder(models.AbstractModel):
    """Which listings orders name, and which are offered.

    With ``sudo``: what people decided of a listing holds, whoever asks.
    """

    _name = "sale.channel.listing.finder"
    _description = "Finds Listings"

    @api.model
    def _find_components(self, channel, places):
        """See ``sale.channel._find_listed``.

        :param places: pairs of the channel's ids of an item and of its variation
        :return: dict pair → list of ``channel_order.lib.packs.Component``
        """
        found = self._find_listings(channel, places)
        return {
            place: self._get_components(listing.with_company(channel.company_id))
            for place, listing in found.items()
        }

    @api.model
    def _get_components(self, listing):
        """What a piece of a listing holds: the price of a kit is spread by the list
        prices, without any by the costs, else by the units."""
        held = listing._get_components()
        for field in ("lst_price", "standard_price"):
            weights = [max(0.0, product[field] * units) for product, units in held]
            if any(weights):
                break
        else:
            weights = [units for _product, units in held]
        return [
            Component(product, Decimal(str(units)), Decimal(str(weight)))
            for (product, units), weight in zip(held, weights, strict=True)
        ]

    @api.model
    def _find_listings(self, channel, places):
        """The listings that lines of orders name, by an id of today or a former one.

        :return: dict pair → listing
        """
        wanted = {place: get_places(*place) for place in places}
        keys = sorted({key for some in wanted.values() for key in some})
        listings = self.env["sale.channel.listing"].search_fetch(
            [("channel_id", "=", channel.id), ("external_id", "in", keys)],
            ["external_id", "product_id", "quantity"],
        )
        known = {listing.external_id: listing for listing in listings}
        former = self._find_former(channel, [key for key in keys if key not in known])
        known = {**former, **known}
        return {
            place: known[key]
            for place, some in wanted.items()
            if (key := next((key for key in some if key in known), None))
        }

    @api.model
    def _find_former(self, channel, keys):
        """Former external id → the listing that was called so last."""
        if not keys:
            return {}
        listings = self.env["sale.channel.listing"]
        listings.flush_model(["channel_id", "former_external_ids"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, former_external_ids FROM sale_channel_listing
                 WHERE channel_id = %s AND former_external_ids ?| %s ORDER BY id
                """,
                channel.id,
                keys,
            )
        )
        return {key: listings.browse(id_) for id_, former in rows for key in former}

    @api.model
    def _find_offered(self, listings):
        """Those that shall be shown and have stock, as far as people decided."""
        catalog, gone = self.env["sale.channel.catalog"], set()
        all_ = listings.sudo()
        for channel, some in all_.grouped("channel_id").items():
            if not channel:
                # A form that is not filled in yet
                continue
            products = catalog._get_withdrawn(channel, some.product_id)
            gone.update((channel.id, product.id) for product in products)
        return all_.filtered(
            lambda listing: (
                (listing.channel_id.id, listing.product_id.id) not in gone
                and (
                    listing.product_id
                    or all(listing.component_ids.product_id.mapped("active"))
                )
            )
        ).with_env(listings.env)

    @api.model
    def _find_linked(self, channel, external_ids):
        """Those of a channel's ids that are of listings already: a set."""
        listings = self.env["sale.channel.listing"].search_fetch(
            [
                ("channel_id", "=", channel.id),
                ("external_id", "in", list(external_ids)),
            ],
            ["external_id"],
        )
        return set(listings.mapped("external_id"))
