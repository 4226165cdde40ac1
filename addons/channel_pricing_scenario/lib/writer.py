"""What a provider supplies so that prices by group can go out. No Odoo in it.

The content of a record is JSON, in these words:

======== =================================================================
kind     content
======== =================================================================
group    ``name``
list     ``name``, ``currency`` (ISO 4217), ``origin`` (the channel's id or
         None), ``items``: rules, the first that applies counts
contract ``group``, ``origin``, ``list``: the channel's ids
customer ``group``: the channel's id, None for no group
======== =================================================================

A rule of a list has ``target`` (all, category, brand, product, variant), ``value``
(name or SKU), ``goods`` (any, yes: imported, no), ``compute`` (fixed, percentage,
formula), ``base`` (list_price, standard_price, pricelist), ``base_list`` (name),
``dates`` (first and last moment, naive UTC, or None), and as texts the numbers
``price``, ``percent``, ``discount`` (both of 100), ``surcharge``, ``round``,
``margin_min``, ``margin_max``, ``quantity`` and ``factor`` (of the base price).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from odoo.addons.channel_base.lib.errors import ChannelError

Kind = Literal["group", "list", "contract", "customer"]
Content = Mapping[str, Any]

# In the order in which they are made: each one names earlier ones.
KINDS: tuple[Kind, ...] = ("group", "list", "contract", "customer")


@dataclass(frozen=True)
class Target:
    """A record on the channel.

    :param reference: our own name of it, which the channel keeps with the record, so
        that one whose creation was not recorded is found again. A customer is found by
        its external id alone
    :param external_id: the channel's id; None before it is known
    """

    reference: str
    external_id: str | None


@dataclass(frozen=True)
class Found:
    """A record as the channel has it."""

    external_id: str
    content: Content


class PricingWriter(Protocol):
    """Writes groups, lists and contracts of one account. Called without a transaction.

    Each method is called with one batch of records of one kind, at most as many as the
    flow's ``FlowSpec.max_batch``.
    """

    def find(self, kind: Kind, targets: Sequence[Target]) -> Mapping[str, Found]:
        """What the channel has, by reference; records that it lacks are absent.

        :raises ChannelError: see :mod:`channel_base.lib.errors`
        """

    def put(
        self, kind: Kind, records: Sequence[tuple[Target, Content]]
    ) -> Mapping[str, str | ChannelError]:
        """Create or change records; one without external id is created.

        :return: by reference the external id, or why this one was not accepted
        :raises ChannelError: none was accepted; a batch that is ``Rejected`` comes
            again in halves
        """

    def delete(
        self, kind: Kind, targets: Sequence[Target]
    ) -> Mapping[str, ChannelError]:
        """Delete records, never customers.

        :return: by reference why a record was not deleted; deleted ones are absent
        :raises ChannelError: none was deleted
        """

    def take_calls(self) -> int:
        """API calls made since this was last asked."""
