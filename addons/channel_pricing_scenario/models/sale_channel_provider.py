from odoo import models

from odoo.addons.channel_base.lib.errors import Rejected


class SaleChannelProvider(models.AbstractModel):
    _inherit = "sale.channel.provider"

    def _get_pricing_kinds(self, channel):
        """Which of ``lib.family.KINDS`` the provider has a service for.

        Nothing means that the channel has no prices by group. Contracts may be missing
        alone: people make them by hand then.
        """
        return ()

    def _get_pricing_writer(self, channel):
        """The account's ``channel_outgoing.lib.writer.Writer`` of these kinds.

        :raises ChannelError: the account is not connected
        """
        raise Rejected("no_provider")

    def _fetch_pricing_origins(self, channel):
        """The channel's origins: list of pairs of its id and its name.

        :raises ChannelError: it has to be asked and does not answer
        """
        return []
