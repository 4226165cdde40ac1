"""The life of an order in the inbox. No Odoo in it.

Two small automata: the *outcome* says what became of the order, the *work* what is left
to do about it. Both move only by the events of one table, which says where an event may
happen and where it leads; anywhere else it is a fault of the program.

Which event follows from what was read: :mod:`.choice`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Outcome = Literal[
    "received",
    "early",
    "reserved",
    "imported",
    "rejected",
    "ignored",
    "cancelled",
    "moved",
]
Work = Literal["fetch", "process", "done", "error", "blocked"]
Sale = Literal["none", "ended", "stands"]
Effect = Literal["keep", "store", "settle", "news", "again", "later"]
Slot = Literal["received", "return", "rejected"]
EventName: TypeAlias = str

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
WORKS: tuple[Work, ...] = get_args(Work)
SALES: tuple[Sale, ...] = get_args(Sale)

#: Outcomes of orders that have, or had, a sale order
IMPORTED: tuple[Outcome, ...] = ("imported", "reserved")
#: Outcomes of orders of which the channel may sell what Odoo does not count
PLEDGED: tuple[Outcome, ...] = ("received", "rejected", *IMPORTED)
#: Outcomes of orders that nobody imports, and says why
LEFT_ALONE: tuple[Outcome, ...] = ("early", "ignored")
#: Work that a flow has to do
PENDING: tuple[Work, ...] = ("fetch", "process")
#: Work that a person has to do
STUCK: tuple[Work, ...] = ("error", "blocked")
#: Reasons to leave an order alone that a person has decided
BY_PERSON = ("dismissed", "deletion_accepted")

_LATE = tuple(outcome for outcome in OUTCOMES if outcome != "early")
_UNSOLD = tuple(outcome for outcome in _LATE if outcome not in IMPORTED)
_GONE: tuple[Sale, ...] = ("none", "ended")
_LINKED: tuple[Sale, ...] = ("ended", "stands")


@dataclass(frozen=True)
class Place:
    """Where an order is.

    :param sale: whether it has a sale order that stands, one that was cancelled, or
        none
    :param stored: its data is kept as it was read last, and lacks nothing: it can be
        processed without being read again
    """

    outcome: Outcome
    work: Work
    sale: Sale = "none"
    stored: bool = True


@dataclass(frozen=True)
class Rule:
    """Where an event may happen, and where it leads.

    :param outcome: None: it stays
    :param work: None: it stays; ``again``: to process, or to fetch where the data is
        not stored
    """

    outcomes: tuple[Outcome, ...] = OUTCOMES
    works: tuple[Work, ...] = WORKS
    sales: tuple[Sale, ...] = SALES
    outcome: Outcome | None = None
    work: Work | Literal["again"] | None = None


@dataclass(frozen=True)
class Event:
    """What may happen to an order.

    :param text: what it is, for the documentation
    :param rules: the first that fits counts
    :param born: the place of a row that begins with it; None: no row does
    :param effect: what else is written: ``keep`` nothing, ``store`` the data that
        came, ``settle`` that it went through, ``news`` that it is read anew, ``again``
        that it begins anew without its error, ``later`` a reason and the next attempt
    :param story: kind and code of the sentence that is told; an empty code is the
        reason's, None tells nothing
    :param answers: what is written back to the channel
    :param link: what becomes of the link to the sale order
    :param wakes: whether the flow is woken
    :param reason: why an order is left alone from then on, as a code that has its
        sentence among the texts of stories
    """

    text: str
    rules: tuple[Rule, ...] = ()
    born: Place | None = None
    effect: Effect = "keep"
    story: tuple[str, str] | None = None
    answers: tuple[Slot, ...] = ()
    link: Literal["same", "set", "cleared"] = "same"
    wakes: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class Step:
    """Where an event leads, and what follows; see :class:`Event`."""

    place: Place
    effect: Effect
    story: tuple[str, str] | None
    answers: tuple[Slot, ...]
    wakes: bool
    reason: str | None


class IllegalEvent(Exception):
    """An event that cannot happen where the order is.

    :param place: None: before there is a row
    """

    def __init__(self, event: str, place: Place | None):
        super().__init__(f"{event} cannot happen to {place}")
        self.event = event
        self.place = place


_NEWS = (Rule(_LATE, work="fetch"),)
_AGAIN = (
    Rule(("rejected", "ignored"), ("fetch",), outcome="received"),
    Rule(_LATE, ("fetch",)),
    Rule(
        ("rejected", "ignored"), ("process", *STUCK), outcome="received", work="again"
    ),
    Rule(_LATE, ("process", *STUCK), work="again"),
)


def _stuck(work: Work) -> tuple[Rule, ...]:
    """What cannot be read says nothing of an order that was cancelled."""
    return (
        Rule(IMPORTED, PENDING, work=work),
        Rule(("cancelled",), PENDING, ("stands",), work=work),
        Rule(("cancelled",), ("fetch",), work=work),
        Rule(_LATE, PENDING, outcome="rejected", work=work),
    )


def _decided(outcome: Outcome) -> tuple[Rule, ...]:
    return (Rule(_UNSOLD, ("process",), _GONE, outcome, "done"),)


TABLE: Mapping[EventName, Event] = {
    "found": Event(
        "A search or a notification shows an order that nobody knew",
        born=Place("received", "fetch", stored=False),
        story=("received", "new"),
    ),
    "requested": Event(
        "A person asks for an order by its number",
        born=Place("received", "fetch", stored=False),
        story=("received", "requested"),
    ),
    "too_early": Event(
        "It was placed before the channel's orders-from date",
        _decided("early"),
        born=Place("early", "done", stored=False),
        effect="settle",
        story=("decided", "before_start"),
        reason="before_start",
    ),
    "admitted": Event(
        "A period that a person asked for holds it",
        (Rule(("early",), ("done",), outcome="received", work="fetch"),),
        effect="again",
    ),
    "seen": Event("A search shows a new version", _NEWS, effect="news"),
    "announced": Event("The channel announces a change", _NEWS, effect="news"),
    "recalled": Event("Another cart needs it read again", _NEWS, effect="news"),
    "asked_again": Event(
        "A person has it fetched again",
        (
            Rule(_LATE, sales=_LINKED, work="fetch"),
            Rule(outcome="received", work="fetch"),
        ),
        effect="again",
        wakes=True,
    ),
    "stored": Event(
        "What was fetched is new",
        (Rule(_LATE, ("fetch",), work="process"),),
        effect="store",
    ),
    "pushed": Event(
        "Its data comes unasked", (Rule(_LATE, work="process"),), effect="store"
    ),
    "unchanged": Event(
        "What came was processed already",
        (Rule(("imported", "cancelled", "ignored"), work="done"),),
        effect="settle",
    ),
    "put_off": Event(
        "Something passing is in the way", (Rule(_LATE, PENDING),), effect="later"
    ),
    "outdated": Event(
        "Something later is known than what was read",
        (Rule(_LATE, work="fetch"),),
        effect="later",
    ),
    "awaited": Event(
        "The channel is still preparing some of its data",
        (
            Rule(_UNSOLD, ("process",), _GONE, work="fetch"),
            Rule(IMPORTED, ("done",), work="fetch"),
        ),
        effect="later",
    ),
    "failed": Event(
        "It cannot be imported as it is",
        _stuck("error"),
        effect="later",
        story=("decided", ""),
        answers=("rejected",),
    ),
    "blocked": Event(
        "It needs a mapping that nobody has filled",
        _stuck("blocked"),
        effect="later",
        story=("decided", ""),
    ),
    "released": Event(
        "What it waited for is there", _AGAIN, effect="again", wakes=True
    ),
    "retried": Event(
        "A person tries it again",
        (*_AGAIN, Rule(("ignored",), ("done",), outcome="received", work="again")),
        effect="again",
        story=("decided", "retried"),
        wakes=True,
    ),
    "reopened": Event(
        "A person has it imported anew, its sale order being gone",
        (
            Rule(IMPORTED, ("fetch",), _GONE, "received"),
            Rule(IMPORTED, sales=_GONE, outcome="received", work="again"),
        ),
        effect="again",
        story=("decided", "retried"),
        link="cleared",
        wakes=True,
    ),
    "waits": Event(
        "Its status says to wait",
        _decided("received"),
        effect="settle",
        story=("decided", "wait"),
    ),
    "ignored": Event(
        "Its status says to ignore it",
        _decided("ignored"),
        effect="settle",
        story=("decided", "ignore"),
        reason="ignore",
    ),
    "created": Event(
        "Its sale order is made",
        _decided("imported"),
        effect="settle",
        story=("decided", "imported"),
        answers=("return",),
        link="set",
    ),
    "reserved": Event(
        "Its sale order is made, and held until the channel approves",
        _decided("reserved"),
        effect="settle",
        story=("decided", "reserved"),
        link="set",
    ),
    "adopted": Event(
        "It takes over the sale order that sells its lines",
        (Rule(sales=("none",), outcome="imported"),),
        story=("decided", "adopted"),
        link="set",
    ),
    "adopted_held": Event(
        "The same of a reserved one",
        (Rule(sales=("none",), outcome="reserved"),),
        story=("decided", "adopted"),
        link="set",
    ),
    "moved": Event(
        "Another cart stands for it",
        (Rule(outcome="moved", work="done"),),
        effect="settle",
        story=("decided", "moved"),
        link="cleared",
    ),
    "yielded": Event(
        "The same, but both have a sale order: the cart decides",
        (
            Rule((*IMPORTED, "cancelled"), sales=_LINKED, work="done"),
            Rule(_LATE, sales=_LINKED, outcome="moved", work="done"),
        ),
        effect="settle",
        story=("decided", "moved"),
    ),
    "approved": Event(
        "The channel approves what was reserved",
        (Rule(("reserved",), ("process",), _LINKED, "imported"),),
        story=("decided", "approved"),
        answers=("return",),
    ),
    "resumed": Event(
        "The channel takes back a cancellation that was not followed",
        (Rule(("cancelled",), ("process",), ("stands",), "imported"),),
        story=("decided", "resumed"),
    ),
    "followed": Event(
        "Its sale order is brought up to date, or people are asked",
        (
            Rule(IMPORTED, ("process",), work="done"),
            Rule(
                ("received", "rejected", "ignored", "moved"),
                ("process",),
                ("stands",),
                "imported",
                "done",
            ),
        ),
        effect="settle",
    ),
    "cancelled": Event(
        "The channel has cancelled it",
        (Rule(_LATE, ("process",), outcome="cancelled", work="done"),),
        effect="settle",
        story=("decided", "cancel"),
    ),
    "dismissed": Event(
        "A person says that it need not be imported",
        (
            Rule((*IMPORTED, "cancelled"), STUCK, work="done"),
            Rule(("rejected",), STUCK, outcome="ignored", work="done"),
        ),
        effect="settle",
        story=("decided", "dismissed"),
        reason="dismissed",
    ),
    "disregarded": Event(
        "A person has dismissed it: what changed is not imported",
        (Rule(("ignored",), PENDING, work="done"),),
        effect="settle",
    ),
    "abandoned": Event(
        "A person accepts that its sale order was deleted",
        (
            Rule(IMPORTED, PENDING, ("none",), "ignored"),
            Rule(IMPORTED, sales=("none",), outcome="ignored", work="done"),
        ),
        effect="settle",
        reason="deletion_accepted",
    ),
    "entered": Event(
        "A person enters it by hand",
        (
            Rule(IMPORTED, ("done", *STUCK), ("none",), "imported", "done"),
            Rule(("rejected",), STUCK, ("none",), "imported", "done"),
        ),
        effect="settle",
        story=("decided", "by_hand"),
        link="set",
    ),
    "orphaned": Event(
        "A person cancels or deletes its sale order: a proposal asks", (Rule(IMPORTED),)
    ),
    "purged": Event("Its raw data is deleted", (Rule(works=("done", *STUCK)),)),
}

#: What a passing reason leads to, where it is not only tried again
PASSING: Mapping[str, EventName] = {"stale": "outdated"}


def follow(event: EventName, place: Place | None) -> Step:
    """Where an event leads.

    :param place: where the order is; None: there is no row yet
    :raises IllegalEvent: it cannot happen there
    """
    told = TABLE[event]
    if place is None:
        if told.born is None:
            raise IllegalEvent(event, place)
        return _step(told, None, told.born)
    for rule in told.rules:
        if (
            place.outcome in rule.outcomes
            and place.work in rule.works
            and place.sale in rule.sales
        ):
            return _step(told, place, _lead(told, rule, place))
    raise IllegalEvent(event, place)


def _lead(told: Event, rule: Rule, place: Place) -> Place:
    work = place.work if rule.work is None else rule.work
    if work == "again":
        work = "process" if place.stored else "fetch"
    sale: Sale = place.sale
    if told.link != "same":
        sale = "stands" if told.link == "set" else "none"
    stored = place.stored or told.effect == "store"
    return Place(rule.outcome or place.outcome, work, sale, stored)


def _step(told: Event, before: Place | None, after: Place) -> Step:
    """What follows of an event that leads there."""
    effect, story, answers = told.effect, told.story, told.answers
    if effect == "settle" and after.work != "done":
        effect = "keep"
    if "rejected" in answers and after.outcome != "rejected":
        answers = ()
    if before and before.outcome == after.outcome == "cancelled":
        # What a person has decided about it is not told again.
        story = story if story != ("decided", "cancel") else None
    reason = told.reason if after.outcome in LEFT_ALONE else None
    return Step(after, effect, story, answers, told.wakes, reason)


def as_markdown() -> str:
    """The table as the documentation shows it."""
    rows = ["| event | what happens | where | leads to |", "|---|---|---|---|"]
    for name, event in TABLE.items():
        places = [_describe(rule) for rule in event.rules]
        if event.born:
            born = event.born
            places.insert(0, ("–", f"{born.outcome}/{_WORK_TEXTS[born.work]}"))
        where, leads = ("<br>".join(column) for column in zip(*places, strict=True))
        if event.link != "same":
            leads += f"; link {event.link}"
        if event.answers:
            leads += "; answer " + ", ".join(f"*{slot}*" for slot in event.answers)
        rows.append(f"| {name} | {event.text} | {where} | {leads} |")
    return "\n".join(rows)


def _describe(rule: Rule) -> tuple[str, str]:
    works = [_WORK_TEXTS[work] for work in rule.works]
    where = f"{_list(rule.outcomes, OUTCOMES)}/{_list(works, WORKS)}"
    if rule.sales != SALES:
        where += ", " + " or ".join(_SALE_TEXTS[sale] for sale in rule.sales)
    return where, f"{rule.outcome or 'same'}/{_WORK_TEXTS[rule.work or 'same']}"


def _list(names: tuple[str, ...] | list[str], everything: tuple[str, ...]) -> str:
    if len(names) == len(everything):
        return "any"
    if everything == OUTCOMES and tuple(names) == _LATE:
        return "all but early"
    return ",".join(names)


_WORK_TEXTS: Mapping[str, str] = {
    "fetch": "fetch",
    "process": "process",
    "done": "settled",
    "error": "failed",
    "blocked": "blocked",
    "again": "again",
    "same": "same",
}
_SALE_TEXTS: Mapping[Sale, str] = {
    "none": "no sale order",
    "ended": "a cancelled one",
    "stands": "one that stands",
}
