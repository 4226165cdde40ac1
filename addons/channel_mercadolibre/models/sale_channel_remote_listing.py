from odoo import api, models
from odoo.tools import SQL


class SaleChannelRemoteListing(models.Model):
    """In which category of MercadoLibre a listing is that was there before."""

    _inherit = "sale.channel.remote.listing"

    @api.model
    def _get_categories(self, listings):
        """Where linked listings are: dict id of the listing → id of the category."""
        rows = self._read_categories(SQL("listing_id = ANY(%s)", listings.ids))
        return dict(rows) if listings else {}

    @api.model
    def _get_used_categories(self, channel):
        """Ids of the categories that linked listings of a channel are in."""
        rows = self._read_categories(
            SQL("channel_id = %s AND listing_id IS NOT NULL", channel.id)
        )
        return {code for _listing, code in rows}

    @api.model
    def _read_categories(self, condition):
        """Pairs of a listing and a category; contents are long, and stay unread."""
        self.flush_model(["listing_id", "channel_id", "content"])
        return self.env.execute_query(
            SQL(
                """
                SELECT listing_id, content ->> 'category'
                  FROM sale_channel_remote_listing
                 WHERE %s AND content ->> 'category' ~ '^[A-Z0-9]{3,32}$'
                """,
                condition,
            )
        )
