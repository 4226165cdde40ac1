from odoo.addons.channel_pricing_scenario.lib.content import (
    NO_GROUP,
    Noted,
    Translator,
    Wanted,
    find_changes,
    fingerprint,
)

THERE = Translator({("group", 1): "G1", ("list", 5): "L5"})
CUSTOMER = {"group": 1}
GROUP = {"name": "Reventa"}


def noted(content, sent=None, operation="put", settled=True):
    sent_hash = None if sent is None else fingerprint(sent)
    return Noted(operation, fingerprint(content), sent_hash, settled, "B1")


def changes(wanted, rows, translator=THERE):
    found = find_changes(wanted, rows, translator)
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
    assert THERE.translate("contract", contract) == {
        "group": "G1",
        "origin": "matriz",
        "list": "L5",
    }
    assert THERE.translate("customer", NO_GROUP) == NO_GROUP
    assert THERE.translate("contract", {**contract, "list": 6}) is None
