"""An order of a channel in the words every provider shares.

Providers parse their payload bundle into these; the order logic reads nothing else.
Amounts are :class:`~decimal.Decimal` in the order's currency, as the channel showed
them to the buyer (taxes included where the channel includes them). Moments are naive
UTC. Vocabularies of the channel (statuses, tags, services) stay text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from odoo.addons.channel_partner.lib.buyer import Address, Buyer

ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """One product of an order.

    :param external_id: unique within the order (the channel's own order or line id)
    :param sku: exactly as the channel writes it, spaces and all
    :param unit_price: what the buyer pays for one unit, discounts already taken off
    :param fee: the channel's commission for one unit
    """

    external_id: str
    item_id: str
    variation_id: str
    sku: str
    title: str
    quantity: Decimal
    unit_price: Decimal
    full_unit_price: Decimal | None = None
    fee: Decimal = ZERO

    @property
    def product_key(self) -> str:
        """What its product is linked by: the SKU, or the listing without one."""
        parts = (self.item_id, self.variation_id)
        return self.sku or f"item:{'/'.join(part for part in parts if part)}"


@dataclass(frozen=True)
class Payment:
    """Money that the channel collected.

    :param amount: of the goods, without shipping
    :param shipping: part that pays freight
    :param refunded: given back so far
    :param collected: the channel has the money (or had it, before a refund)
    """

    external_id: str
    method: str
    status: str
    amount: Decimal
    shipping: Decimal = ZERO
    refunded: Decimal = ZERO
    installments: int = 1
    collected: bool = False
    approved_at: datetime | None = None


@dataclass(frozen=True)
class Shipment:
    """How the order travels.

    :param mode: the channel's shipping mode
    :param logistic_type: who handles it (fulfillment, drop_off …)
    :param service: carrier service, the external value of the carrier de-para
    :param service_name: its readable name
    :param buyer_cost: freight that the buyer pays
    :param currency: of the freight; empty when it is the order's
    :param by_channel: the channel ships from its own warehouse
    :param shipped: it has left, or arrived
    """

    external_id: str
    status: str = ""
    substatus: str = ""
    mode: str = ""
    logistic_type: str = ""
    service: str = ""
    service_name: str = ""
    tracking_number: str = ""
    buyer_cost: Decimal = ZERO
    currency: str = ""
    by_channel: bool = False
    shipped: bool = False


@dataclass(frozen=True)
class Order:
    """One cart: what becomes one sale order.

    :param external_id: the cart's id, or the order's where there are no carts
    :param number: what people call it; shown as the customer reference
    :param site: country site of the channel, where it has several
    :param status: the channel's status of the cart
    :param lines: at least one
    :param goods_total: the channel's own total of the goods, before
        ``seller_discount`` and without freight; see
        :func:`.amounts.expected_total` for what the sale order must come to
    :param seller_discount: discounts that the seller funds and that ``unit_price``
        does not hold yet, as a positive amount; ``goods_total`` does not hold them
        either
    :param payments: approved ones first, then by the moment of approval
    :param tags: words the channel attaches, for people to read
    :param fraud_warning: the channel warns of fraud: it must not leave
    :param is_test: nobody bought it; it was placed to try something
    :param complete: False when something is missing that should be there, such as
        the shipment of a paid order: ask again soon; import what there is when it
        stays so
    :param seller_id: account on the channel that sold
    :param sub_channel: part of the channel where the sale was made, the external
        value of the sales team de-para
    :param url_id: id in the address of the order's page on the channel
    """

    external_id: str
    number: str
    status: str
    currency: str
    placed_at: datetime
    buyer: Buyer
    lines: tuple[Line, ...]
    goods_total: Decimal
    site: str = ""
    seller_id: str = ""
    seller_discount: Decimal = ZERO
    delivery: Address | None = None
    shipment: Shipment | None = None
    payments: tuple[Payment, ...] = ()
    tags: frozenset[str] = frozenset()
    fraud_warning: bool = False
    is_test: bool = False
    complete: bool = True
    url_id: str = ""
    sub_channel: str = ""

    @property
    def lacks_data(self) -> bool:
        """Whether the channel should show more of it sooner or later."""
        identity = self.buyer.identity
        return not self.complete or bool(identity and identity.pending)
