"""A fake of the MercadoLibre API with invented Argentine and Brazilian sellers.

Written from the published documentation of the API. Use
:class:`MercadoLibreSandbox` in process, or ``python -m sandbox mercadolibre``.
"""

from .server import MercadoLibreSandbox

__all__ = ["MercadoLibreSandbox"]
