"""What a channel's notification is about. No Odoo in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Concern:
    """The order, or the orders of a shipment, that something was announced of.

    :param external_id: the channel's id of the order (not of its cart) or shipment
    """

    kind: Literal["order", "shipment"]
    external_id: str
