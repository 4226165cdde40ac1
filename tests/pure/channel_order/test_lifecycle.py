"""Every event at every place: the legal ones as written here, all others refused."""

import re
from itertools import product
from pathlib import Path

import pytest

from odoo.addons.channel_order.lib.lifecycle import (
    OUTCOMES,
    SALES,
    TABLE,
    WORKS,
    IllegalEvent,
    Place,
    as_markdown,
    follow,
)

PAGE = Path(__file__).resolve().parents[3] / "docs" / "architecture.md"
SOURCES = Path(__file__).resolve().parents[3] / "addons"

# Outcomes by a letter: (r)eceived, (e)arly, reser(v)ed, (i)mported, re(j)ected,
# i(g)nored, (c)ancelled, (m)oved. Work: (f)etch, (p)rocess, (d)one, e(x) error,
# (b)locked. Sale order: (n)one, (e)nded, (s)tands. A line is outcomes works sales →
# outcome work, "=" for what stays, "a" for process where the data is stored and fetch
# where it is not. Lines of an event name each place at most once.
LETTERS = {
    "r": "received",
    "e": "early",
    "v": "reserved",
    "i": "imported",
    "j": "rejected",
    "g": "ignored",
    "c": "cancelled",
    "m": "moved",
}
WORK_LETTERS = {"f": "fetch", "p": "process", "d": "done", "x": "error", "b": "blocked"}
SALE_LETTERS = {"n": "none", "e": "ended", "s": "stands"}
NEWS = ["rvijgcm fpdxb nes → = f"]
AGAIN = [
    "rvicm f nes → = f",
    "jg f nes → r f",
    "rvicm pxb nes → = a",
    "jg pxb nes → r a",
]
EXPECTED = {
    "found": [],
    "requested": [],
    "too_early": ["rjgcm p ne → e d"],
    "admitted": ["e d nes → r f"],
    "seen": NEWS,
    "announced": NEWS,
    "recalled": NEWS,
    "asked_again": [
        "revijgcm fpdxb n → r f",
        "e fpdxb es → r f",
        "rvijgcm fpdxb es → = f",
    ],
    "stored": ["rvijgcm f nes → = p"],
    "pushed": ["rvijgcm fpdxb nes → = p"],
    "unchanged": ["icg fpdxb nes → = d"],
    "put_off": ["rvijgcm fp nes → = ="],
    "outdated": ["rvijgcm fpdxb nes → = f"],
    "awaited": ["rjgcm p ne → = f", "iv d nes → = f"],
    "failed": [
        "iv fp nes → = x",
        "c fp s → = x",
        "c f ne → = x",
        "c p ne → j x",
        "rjgm fp nes → j x",
    ],
    "blocked": [
        "iv fp nes → = b",
        "c fp s → = b",
        "c f ne → = b",
        "c p ne → j b",
        "rjgm fp nes → j b",
    ],
    "released": AGAIN,
    "retried": [*AGAIN, "g d nes → r a"],
    "reopened": ["iv f ne → r f", "iv pdxb ne → r a"],
    "waits": ["rjgcm p ne → r d"],
    "ignored": ["rjgcm p ne → g d"],
    "created": ["rjgcm p ne → i d"],
    "reserved": ["rjgcm p ne → v d"],
    "adopted": ["revijgcm fpdxb n → i ="],
    "adopted_held": ["revijgcm fpdxb n → v ="],
    "moved": ["revijgcm fpdxb nes → m d"],
    "yielded": ["vic fpdxb es → = d", "rjgm fpdxb es → m d"],
    "approved": ["v p es → i ="],
    "resumed": ["c p s → i ="],
    "followed": ["iv p nes → = d", "rjgm p s → i d"],
    "cancelled": ["rvijgcm p nes → c d"],
    "dismissed": ["ivc xb nes → = d", "j xb nes → g d"],
    "disregarded": ["g fp nes → = d"],
    "abandoned": ["iv fp n → g =", "iv dxb n → g d"],
    "entered": ["iv dxb n → i d", "j xb n → i d"],
    "orphaned": ["iv fpdxb nes → = ="],
    "purged": ["revijgcm dxb nes → = ="],
}
BORN = {
    "found": ("received", "fetch"),
    "requested": ("received", "fetch"),
    "too_early": ("early", "done"),
}
PLACES = [Place(*parts) for parts in product(OUTCOMES, WORKS, SALES, (True, False))]


def expected(event):
    """Place → (outcome, work) for each place where an event may happen."""
    found = {}
    for line in EXPECTED[event]:
        outcomes, works, sales, outcome, work = re.fullmatch(
            r"(\w+) (\w+) (\w+) → (.) (.)", line
        ).groups()
        for place in PLACES:
            if not (
                place.outcome in [LETTERS[letter] for letter in outcomes]
                and place.work in [WORK_LETTERS[letter] for letter in works]
                and place.sale in [SALE_LETTERS[letter] for letter in sales]
            ):
                continue
            assert place not in found, (event, place)
            again = "process" if place.stored else "fetch"
            found[place] = (
                LETTERS.get(outcome, place.outcome),
                {**WORK_LETTERS, "a": again}.get(work, place.work),
            )
    return found


def test_every_event_is_told():
    assert list(EXPECTED) == list(TABLE)


@pytest.mark.parametrize("event", EXPECTED)
def test_legal_places(event):
    for place, wanted in expected(event).items():
        after = follow(event, place).place
        assert (after.outcome, after.work) == wanted, (event, place)


@pytest.mark.parametrize("event", EXPECTED)
def test_illegal_places(event):
    legal = expected(event)
    illegal = [place for place in PLACES if place not in legal]
    for place in illegal:
        with pytest.raises(IllegalEvent, match=event) as caught:
            follow(event, place)
        assert (caught.value.event, caught.value.place) == (event, place)
    if event in BORN:
        after = follow(event, None).place
        assert (after.outcome, after.work, after.sale) == (*BORN[event], "none")
    else:
        with pytest.raises(IllegalEvent):
            follow(event, None)


def test_unknown_event():
    with pytest.raises(KeyError):
        follow("sold", Place("received", "fetch"))


def test_links():
    sold = Place("imported", "done", "stands")
    assert follow("moved", sold).place.sale == "none"
    assert follow("created", Place("received", "process")).place.sale == "stands"
    assert follow("entered", Place("rejected", "error")).place.sale == "stands"
    lost = Place("imported", "done", "ended")
    assert follow("reopened", lost).place.sale == "none"
    for event in ("seen", "followed", "cancelled", "failed", "approved"):
        place = Place("reserved", "process", "stands")
        assert follow(event, place).place.sale == "stands"


def test_what_follows():
    """Story, answers and waking, where they depend on the place."""
    process = Place("received", "process")
    assert follow("failed", process).answers == ("rejected",)
    assert follow("blocked", process).answers == ()
    assert follow("failed", Place("imported", "process", "stands")).answers == ()
    assert follow("failed", Place("cancelled", "fetch")).answers == ()
    assert follow("created", process).answers == ("return",)
    assert follow("reserved", process).answers == ()
    assert follow("approved", Place("reserved", "process", "stands")).answers == (
        "return",
    )
    assert follow("cancelled", process).story == ("decided", "cancel")
    assert follow("cancelled", Place("cancelled", "process")).story is None
    assert follow("abandoned", Place("imported", "fetch")).effect == "keep"
    assert follow("abandoned", Place("imported", "error")).effect == "settle"
    waking = {event for event in TABLE if TABLE[event].wakes}
    assert waking == {"asked_again", "released", "retried", "reopened"}


def reachable():
    """Places that a row can come to, whatever becomes of its sale order."""
    found = {follow(event, None).place for event in BORN}
    new = set(found)
    while new:
        after = set()
        for place, event in product(new, TABLE):
            try:
                after.add(follow(event, place).place)
            except IllegalEvent:
                continue
        for place in list(after):
            if place.sale == "stands":
                # A person cancels it, or deletes it.
                after.add(Place(place.outcome, place.work, "ended", place.stored))
                after.add(Place(place.outcome, place.work, "none", place.stored))
            if place.sale == "ended":
                after.add(Place(place.outcome, place.work, "stands", place.stored))
        new = after - found
        found |= new
    return found


def test_where_rows_can_be():
    places = {(place.outcome, place.work) for place in reachable()}
    assert {outcome for outcome, work in places if work in ("error", "blocked")} == {
        "imported",
        "reserved",
        "rejected",
        "cancelled",
    }
    assert {work for outcome, work in places if outcome == "early"} == {"done"}
    assert ("rejected", "done") not in places


def test_nothing_is_stuck():
    """Whatever is to be done ends settled or before a person, and a person can always
    try again, or settle it."""
    for place in reachable():
        if place.work in ("error", "blocked"):
            assert follow("retried", place).place.work in ("fetch", "process")
            assert follow("dismissed", place).place.work == "done"
        if place.work in ("fetch", "process"):
            event = "disregarded" if place.outcome == "ignored" else "failed"
            assert follow(event, place).place.work in ("done", "error")


def test_the_page_shows_it():
    assert as_markdown() in PAGE.read_text()


# Rows with a state of their own, and what is done to them
OTHERS = {
    "account_move.py",
    "sale_channel_order_answer.py",
    "sale_channel_order_invoicer.py",
    "sale_channel_order_invoicing.py",
    "sale_channel_order_proposal.py",
    "sale_channel_order_request.py",
    "sale_order.py",
}
WRITES = re.compile(
    r"""\.(?:state|sync_state)\s=\s|["'](?:state|sync_state)["']\]?\s*[:=](?!=)"""
    r"""|\b_mark_(?:done|failed)\(|\b_prepare_retry_values\(|\b(?:sync_)?state="""
    r"""|\bUPDATE sale_channel_order\b"""
)


def test_one_writer():
    """Outcome and work are written by the events of the table alone."""
    found = {}
    for path in sorted((SOURCES / "channel_order").rglob("*.py")):
        if {"tests", "migrations", "lib"} & set(path.parts) or path.name in OTHERS:
            continue
        lines = [line.strip() for line in path.read_text().splitlines()]
        lines = [line for line in lines if WRITES.search(line)]
        if lines:
            found[path.name] = lines
    # Databases of before have states that are no places.
    assert found.pop("upgrade.py")
    assert found == {
        "sale_channel_order.py": [
            "def _mark_failed(self, error):",
            "def _mark_done(self, **values):",
        ],
        "sale_channel_order_life.py": [
            '"state": step.place.outcome,',
            '"sync_state": step.place.work,',
            'values["state"] = after.outcome',
            'values["sync_state"] = after.work',
        ],
    }


@pytest.mark.parametrize(
    "line",
    [
        'row.state = "imported"',
        "row.sync_state = state",
        'row.write({"state": "imported"})',
        "values['sync_state'] = 'done'",
        'row._mark_done(state="moved")',
        "rows.write(dict(sync_state='fetch'))",
        "UPDATE sale_channel_order SET state = 'moved'",
    ],
)
def test_what_counts_as_writing(line):
    assert WRITES.search(line)


def test_choice_names_events():
    """What is applied anywhere is an event of the table."""
    for path in sorted((SOURCES / "channel_order").rglob("*.py")):
        names = re.findall(r"\b_apply(?:_all)?\(\s*\"(\w+)\"", path.read_text())
        assert set(names) <= set(TABLE), path
