"""The selling side of the MercadoLibre fake: items, categories, stock, prices."""

from .opening import open_shops
from .selling import Selling

__all__ = ["Selling", "open_shops"]
