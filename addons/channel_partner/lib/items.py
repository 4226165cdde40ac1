"""One buyer on the way from the channel to the customer.

Records are carried here, and nothing is asked of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from odoo.addons.channel_base.lib.batch import Batch

from .address import Place
from .buyer import Address, Buyer
from .documents import Checked


@dataclass
class BuyerBatch(Batch):
    """What one import of buyers remembers; opened by ``sale.channel.partner.lookup``.

    :param mapped: (kind of the de-para, channel's value) → record, None when unmapped
    :param taken: ids of contacts that orders of this import are sent to
    """

    mapped: dict[tuple[str, str], Any] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class BuyerResult:
    """What became of one buyer.

    :param buyer: ``sale.channel.partner``; empty when the channel gave no id
    :param identity: ``sale.channel.identity`` that the order is billed to; empty when
        the channel told nothing of one
    :param partner: the customer of this order's identity; empty when the channel gave
        no id, or while a person has to choose
    :param delivery: partner to ship to: a child, or the customer without an address
    :param contact: the person's contact, empty when the channel named nobody
    :param notes: pairs of code and parameters; the codes are those of
        ``sale.channel.text``
    :param problem: "", or why there is no customer: a code of ``sale.channel.text``
    """

    buyer: Any
    identity: Any
    partner: Any
    delivery: Any
    contact: Any
    notes: list[tuple[str, dict[str, str]]]
    problem: str = ""


@dataclass
class Item:
    """One update while it is worked on; records are empty until they are known.

    :param partner: the customer of this order: the identity's, or the buyer's main one
    :param orders: the sale orders (``sale.order``) that the update is about
    :param is_new: whether the customer was made a moment ago
    :param rows: all identities of the buyer
    :param identity: the one of this order
    :param is_told: whether the channel says something about ``identity`` now
    :param origin: how the customer was found, a value of the identity's ``origin``
    :param archived: the customer, when it is archived and another one may stand for it
    :param candidates: customers among whom a person has to choose
    """

    data: Buyer
    address: Address | None
    external_id: str
    nickname: str
    name: str
    legal_name: str
    billing_id: str
    facts: dict[str, str]
    orders: Any
    buyer: Any
    rows: Any
    identity: Any
    partner: Any
    archived: Any
    candidates: Any
    delivery: Any
    contact: Any
    country: Any
    document_type: Any
    document: Checked | None = None
    document_problem: str = ""
    key: str = ""
    is_new: bool = False
    is_told: bool = False
    origin: str = ""
    notes: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def is_documented(self) -> bool:
        """Whether the item has a document whose rules are known, and that keeps them.

        The numbers of other documents say little about who it is.
        """
        checked = self.document
        return bool(checked and not checked.problem and checked.country)

    def note(self, code: str, **params: Any) -> None:
        """Remember something that a person may want to know."""
        self.notes.append((code, {key: str(value) for key, value in params.items()}))


@dataclass
class Wanted:
    """An address or contact that an item needs.

    :param role: ``delivery`` or ``contact``
    :param key: identity within the customer, together with the place
    :param vals: values of ``res.partner``, empty ones included, texts as text
    :param place: where it is, as the channel says; ``state`` is a record's id
    :param variant: see :func:`~..lib.address.delivery_variant`
    :param remark: what the buyer added, as it ends line 1
    :param renames: whether the name says who receives
    :param link: ``sale.channel.partner.link``, when the key is bound already
    :param child: the ``res.partner`` that serves it
    :param written: what counts as written on ``child`` from now
    """

    item: Item
    role: str
    key: str
    vals: dict[str, Any]
    place: Place = Place()
    variant: str = ""
    remark: str = ""
    renames: bool = False
    pickup: bool = False
    link: Any = None
    child: Any = None
    written: dict[str, Any] = field(default_factory=dict)

    def get_mergeable(self, rules: Iterable[str]) -> dict[str, Any]:
        """What the channel says now about the fields that are merged later."""
        return {name: self.vals[name] for name in rules if self.vals.get(name)}


@dataclass
class Option:
    """An address or contact that is there and could serve.

    :param child: the ``res.partner``
    :param link: ``sale.channel.partner.link`` of the same buyer, if there is one
    :param is_exact: whether the channel said just the same of it the last time
    :param vals: what the channel would change
    :param written: what would count as written then
    :param redirects: whether the change is one of where or to whom it goes
    """

    child: Any
    link: Any
    is_exact: bool
    vals: dict[str, Any]
    written: dict[str, Any]
    redirects: bool
