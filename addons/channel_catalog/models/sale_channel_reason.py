from odoo import api, models

# Names of variants that are shown with a reason
NAMED = 5


class SaleChannelReason(models.AbstractModel):
    """Says on which channels products are, and why they are not on others.

    With ``sudo``: who sees a product may know why it is not sold.
    """

    _name = "sale.channel.reason"
    _description = "Why a Product Is Not on a Channel"

    @api.model
    def _explain(self, products):
        """One line for each channel that the user may see, with each reason apart.

        :param products: dict of anything → ``product.product``
        :return: dict of the same → HTML; False when there is no channel
        """
        channels = self.env["sale.channel"].search([("channel_type", "!=", False)])
        channels = channels.filtered("has_catalog")
        everything = self.env["product.product"].union(*products.values())
        found = {channel: self._get_lines(channel, everything) for channel in channels}
        if not channels:
            return dict.fromkeys(products, False)
        return {
            key: self.env["ir.qweb"]._render(
                "channel_catalog.reasons",
                {"channels": [self._sum_up(c, found[c], some) for c in channels]},
            )
            for key, some in products.items()
        }

    @api.model
    def _get_lines(self, channel, products):
        """Of each product: its listings that are there, and sentences of reasons."""
        catalog, texts = self.env["sale.channel.catalog"], self.env["sale.channel.text"]
        reasons = catalog._get_reasons(channel, products)
        listings = self.env["sale.channel.listing"].sudo()
        listings = listings.search_fetch(
            [("channel_id", "=", channel.id), ("product_id", "in", products.ids)],
            ["product_id", "external_id", "visibility", "missing_since"],
        )
        there = listings.filtered(
            lambda listing: listing.external_id and not listing.missing_since
        ).grouped(lambda listing: listing.product_id.id)
        return {
            product.id: (
                there.get(product.id, listings.browse()),
                [texts._format(code, params) for code, params in found],
            )
            for product, found in reasons.items()
        }

    @api.model
    def _sum_up(self, channel, lines, products):
        """What one line says of some products."""
        named = {}
        shown = hidden = 0
        for product in products:
            there, reasons = lines[product.id]
            if there:
                visible = not all(one.visibility == "hidden" for one in there)
                shown += visible
                hidden += not visible
            for reason in reasons:
                named.setdefault(reason, []).append(product)
        total = len(products)
        return {
            "name": channel.name,
            "total": total,
            "there": shown + hidden,
            "hidden": hidden,
            "reasons": [
                {
                    "text": reason,
                    "count": len(some),
                    "names": ", ".join(product.display_name for product in some[:NAMED])
                    if 0 < len(some) < total
                    else "",
                }
                for reason, some in named.items()
            ],
        }
