import threading

import pytest

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_outgoing.lib.kind import Kind, fingerprint
from odoo.addons.channel_outgoing.lib.sending import Entry, send
from odoo.addons.channel_outgoing.lib.writer import Found, Target, Written, each

GROUP = Kind("group", "x.group")
CUSTOMER = Kind(
    "customer", "x.customer", {"group": "group"}, emptied={"group": None}, created=False
)
STOCK = Kind("stock", "product.product", absolute=True, columns=("quantity",))
OLD, NEW, THEIRS = {"name": "Antes"}, {"name": "Ahora"}, {"name": "Ajeno"}


class Wire:
    """A channel that has one record at most."""

    def __init__(self, content=None, answer="G1"):
        self.content, self.answer = content, answer
        self.put_calls, self.deleted = [], []

    def find(self, _kind, targets):
        if isinstance(self.answer, Exception):
            raise self.answer
        found = Found("G1", self.content)
        return {target.reference: found for target in targets if self.content}

    def put(self, _kind, records):
        self.put_calls += records
        if self.answer is None:
            return {}
        return {target.reference: self.answer for target, _content in records}

    def delete(self, _kind, targets):
        self.deleted += targets
        return {}


def one(wire, content, sent=None, kind=GROUP, external_id=None):
    sent_hash = None if sent is None else fingerprint(sent)
    return send(wire, kind, [Entry(Target("r", external_id), content, sent_hash)])["r"]


@pytest.mark.parametrize(
    ("there", "wanted", "sent", "written", "differed"),
    [
        (None, NEW, None, True, False),
        (OLD, NEW, OLD, True, False),
        (NEW, NEW, OLD, False, False),
        (NEW, NEW, None, False, False),
        (THEIRS, NEW, OLD, True, True),
        (THEIRS, NEW, NEW, True, True),
        (None, NEW, NEW, True, True),
        (THEIRS, NEW, None, True, False),
    ],
)
def test_only_what_is_wrong_is_written(there, wanted, sent, written, differed):
    wire = Wire(there)
    outcome = one(wire, wanted, sent)
    assert bool(wire.put_calls) == written
    assert (outcome.external_id, outcome.before) == ("G1", there)
    assert outcome.differed == differed


def test_a_record_that_is_gone_is_created_anew():
    wire = Wire()
    one(wire, NEW, NEW, external_id="G0")
    assert wire.put_calls == [(Target("r", None), NEW)]


def test_a_customer_keeps_its_id():
    wire = Wire()
    one(wire, {"group": "G1"}, kind=CUSTOMER, external_id="B1")
    assert wire.put_calls[0][0] == Target("r", "B1")


@pytest.mark.parametrize(("group", "differed"), [("G9", True), (None, False)])
def test_the_group_that_a_new_customer_has_there(group, differed):
    outcome = one(Wire({"group": group}), {"group": "G1"}, kind=CUSTOMER)
    assert outcome.differed == differed


def test_deleting():
    wire = Wire(OLD)
    outcome = one(wire, None, OLD)
    assert wire.deleted == [Target("r", "G1")]
    assert (outcome.external_id, outcome.differed) == (None, False)
    assert one(Wire(THEIRS), None, OLD).differed
    wire = Wire()
    assert not one(wire, None, OLD).differed
    assert not wire.deleted


def test_an_error_of_the_batch_is_each_ones():
    error = Retryable("503")
    assert one(Wire(answer=error), NEW) is error


def test_an_answer_that_is_missing():
    result = one(Wire(answer=None), NEW)
    assert isinstance(result, Rejected)
    assert result.code == "outgoing_unanswered"


def test_nothing_to_send_calls_nobody():
    assert send(Wire(answer=Retryable("503")), GROUP, []) == {}


class Picky(Wire):
    """Refuses every batch that holds one record."""

    def put(self, kind, records):
        if any(target.reference == "bad" for target, _content in records):
            raise Rejected("http_422")
        return super().put(kind, records)


@pytest.mark.parametrize("kind", [GROUP, STOCK])
def test_a_refused_batch_is_bisected(kind):
    entries = [Entry(Target(name, None), NEW, None) for name in ("a", "b", "bad", "c")]
    results = send(Picky(), kind, entries)
    refused = [name for name, found in results.items() if isinstance(found, Rejected)]
    assert refused == ["bad"]
    assert len(results) == 4


def test_absolute_values_are_written_without_reading():
    wire = Wire(THEIRS)
    wire.find = None
    outcome = one(wire, {"quantity": 5}, kind=STOCK, external_id="P1")
    assert wire.put_calls == [(Target("r", "P1"), {"quantity": 5})]
    assert (outcome.external_id, outcome.before, outcome.differed) == (
        "G1",
        None,
        False,
    )
    one(wire, None, kind=STOCK, external_id="P1")
    assert wire.deleted == [Target("r", "P1")]


def test_an_absolute_record_whose_answer_was_lost():
    """Without the channel's id it is looked for by our reference, not made twice."""
    wire = Wire({"quantity": 5})
    outcome = one(wire, {"quantity": 5}, kind=STOCK)
    assert not wire.put_calls
    assert (outcome.external_id, outcome.differed) == ("G1", False)
    one(wire, {"quantity": 6}, kind=STOCK)
    assert wire.put_calls == [(Target("r", "G1"), {"quantity": 6})]
    one(wire, None, kind=STOCK)
    assert wire.deleted == [Target("r", "G1")]


def test_only_known_absolute_records_are_written_blind():
    asked = []

    class Asked(Wire):
        def find(self, kind, targets):
            asked.extend(target.reference for target in targets)
            raise Retryable("503")

    entries = [
        Entry(Target("known", "P1"), {"quantity": 5}, None),
        Entry(Target("new", None), {"quantity": 6}, None),
    ]
    results = send(Asked(), STOCK, entries)
    assert asked == ["new"]
    assert isinstance(results["new"], Retryable)
    assert results["known"].external_id == "G1"
    price = Kind("price", "product.product", absolute=True, created=False)
    assert send(Asked(), price, entries).keys() == {"known", "new"}
    assert asked == ["new"]


# A channel that takes one record at a time


class OneByOne(Wire):
    def __init__(self, answers, workers):
        super().__init__()
        self.answers, self.workers = answers, workers
        self.threads = set()

    def put(self, _kind, records):
        return each(records, self.put_one, self.workers)

    def put_one(self, target, content):
        self.threads.add(threading.current_thread())
        self.put_calls.append(target)
        answer = self.answers[target.reference]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize("workers", [1, 4])
def test_each_record_has_its_own_answer(workers):
    wrong, busy, bug = Rejected("no"), Retryable("409", alone=True), KeyError("id")
    answers = {
        "a": "A",
        "b": wrong,
        "c": busy,
        "d": bug,
        "e": Written("E", {"status": "active"}),
    }
    wire = OneByOne(answers, workers)
    records = [(Target(reference, None), NEW) for reference in answers]
    given = wire.put("group", records)
    assert list(given.items()) == list(answers.items())
    results = send(wire, GROUP, [Entry(*record, None) for record in records])
    assert (results["b"], results["c"], results["d"]) == (wrong, busy, bug)
    assert [results[name].external_id for name in "ae"] == ["A", "E"]
    assert results["e"].details == {"status": "active"}


def test_records_go_one_by_one_unless_a_writer_says_otherwise():
    wire = OneByOne({"a": "A", "b": "B"}, 1)
    each([(Target(name, None), NEW) for name in "ab"], wire.put_one)
    assert wire.threads == {threading.current_thread()}


def test_credentials_that_are_refused_are_no_record_s_fault():
    refused = AuthRequired("401")
    wire = OneByOne({"a": "A", "b": refused, "c": refused}, 1)
    answers = wire.put("group", [(Target(name, None), NEW) for name in "abc"])
    # What was made before is known.
    assert answers == {"a": "A", "b": refused, "c": refused}


@pytest.mark.parametrize(
    ("taken", "there", "wanted", "sent", "taken_over"),
    [
        # Somebody hid it there: nothing is written, Odoo follows.
        ("visible", "hidden", "visible", None, {"shown": "hidden"}),
        # … while another field changed in Odoo: that one alone is written.
        ("visible", "hidden", "visible new", "hidden new", {"shown": "hidden"}),
        # Odoo has another mind since, or made it so itself.
        ("visible", "hidden", "hidden", None, {}),
        ("hidden", "visible", "hidden", None, {"shown": "visible"}),
        ("hidden", "hidden", "visible", "visible", {}),
        # It was never told what it took.
        (None, "hidden", "visible", "visible", {}),
    ],
)
def test_a_change_there_that_counts(taken, there, wanted, sent, taken_over):
    def content(text):
        shown, _space, name = text.partition(" ")
        return {"shown": shown, "name": name or "old"}

    wire = Wire(content(there))
    known = taken and content(taken)
    entry = Entry(
        Target("r", "G1", known),
        content(wanted),
        fingerprint(known) if known else None,
        ("shown",),
    )
    outcome = send(wire, GROUP, [entry])["r"]
    assert outcome.taken_over == taken_over
    assert [put[1] for put in wire.put_calls] == ([content(sent)] if sent else [])
    # What is taken over is no difference that is overwritten.
    assert not outcome.differed or not taken_over


def test_what_else_was_changed_there_is_overwritten():
    wire = Wire({"shown": "hidden", "name": "theirs"})
    taken = {"shown": "visible", "name": "ours"}
    entry = Entry(Target("r", "G1", taken), taken, fingerprint(taken), ("shown",))
    outcome = send(wire, GROUP, [entry])["r"]
    assert (outcome.taken_over, outcome.differed) == ({"shown": "hidden"}, True)
    assert wire.put_calls[0][1] == {"shown": "hidden", "name": "ours"}
