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

    def _get_fee_reader(self, channel):
        """What asks the account's channel for its fees: ``lib.charges.FeeReader``.

        :raises ChannelError: the account is not connected
        """
        raise Rejected("no_provider")

    def _get_fee_classes(self, channel, listings):
        """What the fees of listings depend on besides the price.

        :param listings: ``sale.channel.listing``
        :return: dict listing → the channel's category, and listing type; those of which
            it is not known are absent
        """
        return {}

    def _get_remote_catalog(self, channel):
        """What the account sells already: :class:`..lib.remote.RemoteCatalog`.

        :raises ChannelError: the account is not connected
        """
        raise Rejected("no_provider")

    def _reword_listing_content(self, channel, wanted, there):
        """What a listing shows, in words that can be compared with what would be sent:
        what is the same in substance is equal.

        :param wanted: content that would be sent
        :param there: content of a ``RemoteListing``
        """
        return there

    def _read_listing_hint(self, channel, topic, resource):
        """Which listings a notification is about: a :class:`..lib.remote.ListingHint`,
        or None.

        :param topic: the service's word, untrusted but bounded
        :param resource: the same
        """
        return None

    def _describe_listing_status(self, channel, status):
        """How a listing stands: a :class:`..lib.status.ListingStatus`; None when there
        is nothing to say but the channel's own word.

        :param status: as the channel says, untrusted but bounded
        """
        return None

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

    def _get_listing_type_names(self, channel):
        """What people call the types of listings.

        :return: dict one of ``CatalogTraits.listing_types`` → text in the user's
            language; one that lacks is called as the channel does
        """
        return {}

    def _complete_listing_contents(self, channel, listings, contents):
        """Add to contents of listings what only this channel asks for.

        :param listings: ``sale.channel.listing``
        :param contents: dict id of a listing → content, to be changed
        """

    def _check_listing_contents(self, channel, listings, contents):
        """What keeps contents from being sent.

        :param contents: dict id of a listing → content that would be sent
        :return: dict id of a listing → a code of ``sale.channel.text`` and its
            parameters, of those that cannot be sent
        """
        return {}
