"""What every provider with a catalogue must do: the same scenarios for each.

A provider's test is a class of the mixins for what it declares. It supplies the other
side with the ``remote_*`` methods of its case.
"""

from .listings import ListingContract
from .prices import PriceContract
from .stock import StockContract

__all__ = ["ListingContract", "PriceContract", "StockContract"]
