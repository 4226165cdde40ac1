"""What listings are made with on a channel."""

from .store import ChannelStore


class ChannelOpening(ChannelStore):
    """The :class:`..lib.opening.Opening` of a channel."""

    def get_prices(self, references):
        return self._ask("sale.channel.price", "_get_opening_prices", references)

    def get_linked(self, external_ids):
        return self._ask("sale.channel.listing.finder", "_find_linked", external_ids)
