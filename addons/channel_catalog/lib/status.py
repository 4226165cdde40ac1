"""How a listing stands on its channel. No Odoo in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ListingStatus:
    """What a channel's word for the state of a listing means.

    :param code: of a text that says it, see ``sale.channel.text``
    :param params: of the texts
    :param advice: code of a text that says what to do about it; empty: nothing
    :param sold: buyers can buy it, or could if it had stock
    :param attention: it does not get well by itself: a person has to do something
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""
    sold: bool = False
    attention: bool = False
