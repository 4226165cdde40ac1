import pytest

from odoo.addons.channel_outgoing.lib.content import (
    Noted,
    Refused,
    Translator,
    Wanted,
    find_changes,
)
from odoo.addons.channel_outgoing.lib.kind import Family, Kind, fingerprint

NO_GROUP = {"group": None}
FAMILY = Family(
    Kind("group", "x.group"),
    Kind("list", "x.list"),
    Kind("contract", "x.contract", {"group": "group", "list": "list"}),
    Kind("customer", "x.customer", {"group": "group"}, emptied=NO_GROUP, created=False),
)
STOCK = Kind("stock", "product.product", absolute=True, columns=("quantity", "unit"))
THERE = Translator({("group", 1): "G1", ("list", 5): "L5"})
CUSTOMER = {"group": 1}
GROUP = {"name": "Reventa"}


def noted(content, sent=None, operation="put", settled=True):
    sent_hash = None if sent is None else fingerprint(sent)
    return Noted(operation, fingerprint(content), sent_hash, settled, "B1")


def changes(wanted, rows, translator=THERE):
    found = find_changes(FAMILY, wanted, rows, translator)
    return [(c.kind, c.record, c.operation, c.content) for c in found]


def test_equal_contents_have_equal_fingerprints():
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": "1"})


def test_what_is_new_is_sent():
    wanted = {("group", 1): Wanted("Reventa", GROUP)}
    assert changes(wanted, {}) == [("group", 1, "put", GROUP)]


def test_what_the_channel_took_is_not_sent_again():
    wanted = {("customer", 7): Wanted("B1", CUSTOMER)}
    assert changes(wanted, {("customer", 7): noted(CUSTOMER, {"group": "G1"})}) == []


def test_what_is_under_way_is_not_noted_again():
    wanted = {("customer", 7): Wanted("B1", CUSTOMER)}
    assert changes(wanted, {("customer", 7): noted(CUSTOMER, settled=False)}) == []


def test_another_id_of_the_group_there_is_a_difference():
    wanted = {("customer", 7): Wanted("B1", CUSTOMER)}
    rows = {("customer", 7): noted(CUSTOMER, {"group": "G0"})}
    assert changes(wanted, rows) == [("customer", 7, "put", CUSTOMER)]


def test_a_customer_who_is_not_wanted_loses_its_group_once():
    rows = {("customer", 7): noted(CUSTOMER, {"group": "G1"})}
    assert changes({}, rows) == [("customer", 7, "put", NO_GROUP)]
    assert changes({}, {("customer", 7): noted(NO_GROUP, NO_GROUP)}) == []


def test_other_records_are_deleted_once_and_come_back():
    assert changes({}, {("group", 1): noted(GROUP, GROUP)}) == [
        ("group", 1, "delete", {})
    ]
    gone = {("group", 1): noted({}, None, "delete")}
    assert changes({}, gone) == []
    wanted = {("group", 1): Wanted("Reventa", GROUP)}
    assert changes(wanted, gone) == [("group", 1, "put", GROUP)]


def test_ids_of_odoo_become_the_channels():
    contract = {"group": 1, "origin": "matriz", "list": 5}
    assert THERE.translate(FAMILY["contract"], contract) == {
        "group": "G1",
        "origin": "matriz",
        "list": "L5",
    }
    assert THERE.translate(FAMILY["customer"], NO_GROUP) == NO_GROUP
    assert THERE.translate(FAMILY["contract"], {**contract, "list": 6}) is None


def test_records_come_after_those_they_name_and_leave_before():
    assert [(operation, kind.code) for operation, kind in FAMILY.order] == [
        ("put", "group"),
        ("put", "list"),
        ("put", "contract"),
        ("put", "customer"),
        ("delete", "contract"),
        ("delete", "list"),
        ("delete", "group"),
    ]
    assert FAMILY.named == {"group", "list"}


def test_a_kind_before_one_that_it_names_is_refused():
    with pytest.raises(ValueError, match="customer"):
        Family(Kind("customer", "x.customer", {"group": "group"}))


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"quantity": 5}, {"quantity": 5.0}, True),
        ({"quantity": 5, "unit": "kg"}, {"unit": "kg", "quantity": 5.0}, True),
        ({"quantity": 5}, {"quantity": 6}, False),
        ({"quantity": 0}, {"quantity": None}, False),
        ({"quantity": 0.1 + 0.2}, {"quantity": 0.3}, False),
        ({"quantity": 10**12}, {"quantity": 1e12}, True),
    ],
)
def test_columns_are_compared_by_value(one, other, equal):
    assert (STOCK.sign(one) == STOCK.sign(other)) == equal


def test_the_signature_of_columns_can_be_read():
    content = {"quantity": 2.5, "unit": "kg"}
    assert STOCK.parse(STOCK.sign(content)) == content
    assert STOCK.parse(None) is None
    assert FAMILY["group"].parse(fingerprint({"name": "Reventa"})) is None


def test_equal_contents_are_translated_once():
    asked = []

    class Counting(Translator):
        def translate(self, kind, content):
            asked.append(content)
            return super().translate(kind, content)

    wanted = {("customer", n): Wanted("B", {"group": 1 + n % 2}) for n in range(50)}
    found = list(find_changes(FAMILY, wanted, {}, Counting({("group", 1): "G1"})))
    assert len(found) == 50
    assert len(asked) == 2


def test_nothing_is_nothing_however_it_is_told():
    """What a planner reads of an empty field is False; the database has NULL."""
    shelf = Kind("shelf", "x.shelf")
    for stock in (
        Kind("stock", "x.stock", {"shelf": "shelf"}, columns=("shelf", "code")),
        Kind("stock", "x.stock", {"shelf": "shelf"}),
    ):
        contents = [{"shelf": False, "code": None}, {"shelf": None, "code": None}]
        assert len({stock.sign(content) for content in contents}) == 1
        for content in contents:
            assert Translator({}).translate(stock, content) == contents[1]
            assert stock.get_named(content) == set()
        assert stock.get_named({"shelf": 7}) == {("shelf", 7)}
        wanted = {("stock", 1): Wanted("One", contents[0])}
        sent = stock.sign(contents[1])
        noted = {("stock", 1): Noted("put", sent, sent, True)}
        family = Family(shelf, stock)
        assert not list(find_changes(family, wanted, noted, Translator({})))
    text = Kind("stock", "x.stock", columns=("code",))
    assert text.sign({"code": False}) == text.sign({"code": None})


@pytest.mark.parametrize(
    ("names", "columns"),
    [({}, ("name",)), ({}, ("sync_state",)), ({"shelf": "shelf"}, ("quantity",))],
)
def test_columns_that_cannot_be(names, columns):
    with pytest.raises(ValueError):
        Kind("stock", "x.stock", names, columns=columns)


def test_what_is_left_as_it_is_only_loses_its_row():
    kind = Kind("price", "x.listing", left=True, columns=("amount",))
    row = Noted("put", kind.sign({"amount": 5}), None, False, "B1")
    (change,) = find_changes(Family(kind), {}, {("price", 7): row}, THERE)
    assert (change.operation, change.record) == ("forget", 7)
    assert [operation for operation, _kind in Family(kind).order] == ["put"]


REFUSED = Refused("B1", "price_missing", {"product": "Taladro"})
WHY = ("price_missing", {"product": "Taladro"})


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (None, ["refuse"]),
        (noted(CUSTOMER, {"group": "G1"}), ["refuse"]),
        (Noted("put", None, None, False, "B1", WHY, True), []),
        (Noted("put", None, "sent", False, "B1", WHY), []),
        (Noted("put", None, None, False, "B1", ("unexpected", {})), ["refuse"]),
        (Noted("put", None, None, False, "B1", (WHY[0], {"product": "-"})), ["refuse"]),
    ],
)
def test_what_is_refused_is_noted_once(row, expected):
    key = ("customer", 7)
    found = changes({key: REFUSED}, {key: row} if row else {})
    assert [change[2] for change in found] == expected


def test_what_was_refused_goes_out_when_it_can():
    rows = {("customer", 7): Noted("put", None, None, False, "B1", WHY, True)}
    wanted = {("customer", 7): Wanted("B1", CUSTOMER)}
    assert changes(wanted, rows) == [("customer", 7, "put", CUSTOMER)]


@pytest.mark.parametrize("kind", ["group", "customer"])
def test_what_was_never_told_is_forgotten(kind):
    rows = {(kind, 7): Noted("put", None, None, False, "B1", WHY, untold=True)}
    assert [change[2] for change in changes({}, rows)] == ["forget"]
