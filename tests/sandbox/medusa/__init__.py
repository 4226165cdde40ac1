"""A Medusa 2 shop: the Admin API that a connector needs, and what buyers do."""

from .server import MedusaSandbox

__all__ = ["MedusaSandbox"]
