"""What listings are made with on a channel."""

from odoo.addons.channel_base.lib.errors import Rejected

from ..lib.opening import OpeningPrice
from ..lib.price import Problem
from .store import ChannelStore


class ChannelOpening(ChannelStore):
    """The :class:`..lib.opening.Opening` of a channel; each question has a short
    transaction of its own."""

    def get_prices(self, references):
        with self._open() as env:
            rows = env["sale.channel.listing.content"].search(
                [
                    ("channel_id", "=", self.channel_id),
                    ("kind", "=", "listing"),
                    ("reference", "in", list(references)),
                ]
            )
            channel = env["sale.channel"].browse(self.channel_id)
            listings = env["sale.channel.listing"].browse(rows.mapped("res_id"))
            prices = env["sale.channel.price"]._get_prices(channel, listings.exists())
            found = {listing.id: price for listing, price in prices.items()}
            return {row.reference: self._tell(found.get(row.res_id)) for row in rows}

    def _tell(self, price):
        if price is None:
            price = Problem("price_missing")
        if isinstance(price, Problem):
            return Rejected(price.code, "price", **price.params)
        return OpeningPrice(price.amount, price.currency)

    def get_linked(self, external_ids):
        with self._open() as env:
            listings = env["sale.channel.listing"].search_fetch(
                [
                    ("channel_id", "=", self.channel_id),
                    ("external_id", "in", list(external_ids)),
                ],
                ["external_id"],
            )
            return set(listings.mapped("external_id"))
