from odoo import models

from odoo.addons.channel_base.lib.errors import Rejected


class SaleChannelProvider(models.AbstractModel):
    _inherit = "sale.channel.provider"

    def _get_catalog_traits(self, channel):
        """How the channel keeps products, stock and prices:
        :class:`..lib.traits.CatalogTraits`; None when nothing can be offered there."""
        return None

    def _get_listing_writer(self, channel, images):
        """The account's ``channel_outgoing.lib.writer.Writer`` of products and
        listings; see :mod:`..lib.contents`.

        :param images: :class:`..lib.images.ImageStore`
        :raises ChannelError: the account is not connected
        """
        raise Rejected("no_provider")

    def _get_stock_writer(self, channel):
        """The account's writer of stock.

        :raises ChannelError: the account is not connected
        """
        raise Rejected("no_provider")

    def _get_price_writer(self, channel):
        """The account's writer of prices.

        :raises ChannelError: the account is not connected
        """
        raise Rejected("no_provider")

    def _get_remote_catalog(self, channel):
        """What the account sells already: :class:`..lib.remote.RemoteCatalog`.

        :raises ChannelError: the account is not connected
        """
        raise Rejected("no_provider")

    def _fetch_catalog_values(self, channel):
        """Values of the channel that need a de-para before something goes out.

        :return: dict code of a kind of de-para → list of pairs of value and label
        :raises ChannelError: it has to be asked and does not answer
        """
        return {}

    def _get_listing_url(self, channel, listing):
        """Address of a listing's page.

        :param listing: one ``sale.channel.listing``
        :return: an http(s) URL, or False when the channel has no such page
        """
        return False
