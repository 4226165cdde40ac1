from odoo import models

from odoo.addons.channel_base.lib.errors import Rejected


class SaleChannelProvider(models.AbstractModel):
    _inherit = "sale.channel.provider"

    def _get_order_source(self, channel):
        """The :class:`..lib.source.OrderSource` of the channel's account.

        :raises ChannelError: the account is not connected
        """
        raise Rejected("no_provider")

    def _parse_order(self, channel, bundle):
        """A stored bundle in the shared words; needs no connection.

        :param bundle: what :meth:`OrderSource.fetch` gave
        :return: :class:`..lib.schema.Order`. One that is not complete lacks what the
            channel should show sooner or later: it is asked for again soon, and what
            there is is imported when it stays so
        :raises Rejected: ``payload_invalid`` with the path of what is wrong
        """
        raise Rejected("no_provider")

    def _read_hint(self, channel, topic, resource):
        """What a notification is about: a :class:`..lib.concern.Concern`, or None.

        :param topic: the service's word, untrusted but bounded
        :param resource: the same
        """
        return None

    def _get_search_topic(self, channel):
        """The topic that announces what the search finds; False without any."""
        return False

    def _get_status_decisions(self, channel):
        """External status → import / wait / ignore / cancel, when no de-para says it.

        A status that is missing here needs a de-para row. Of one that consists of
        several (:mod:`..lib.statuses`) each part has its decision.
        """
        return {}

    def _get_paid_statuses(self, channel):
        """The channel's statuses of an order that the buyer has paid completely."""
        return ()

    def _get_freight_owner(self, channel):
        """Whose money the freight is that the buyer pays, where no rule of the channel
        says it: ``seller`` or ``channel``."""
        return "channel"

    def _get_order_slots(self, channel):
        """Which of the five status ``SLOTS`` the provider can serve."""
        return ()

    def _fetch_order_statuses(self, channel):
        """The channel's statuses, as a list of :class:`..lib.source.OrderStatus`.

        :raises ChannelError: it has to be asked and does not answer
        """
        return []

    def _get_delivery_statuses(self, channel):
        """Of the statuses that can be written, those that tell of a delivery: written
        for each one that has left, with its :class:`..lib.source.Parcel`."""
        return ()

    def _get_status_writer(self, channel):
        """The :class:`..lib.source.StatusWriter` of the channel's account.

        :raises ChannelError: the account is not connected
        """
        raise Rejected("no_provider")

    def _get_order_url(self, channel, order):
        """Address of an order's page on the channel.

        :param order: one ``sale.channel.order`` of this channel
        :return: an http(s) URL, or False when the channel has no such page
        """
        return False
