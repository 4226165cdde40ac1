"""What is there is never lost, and one item keeps no other from being looked at."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest

from odoo.addons.channel_base.lib.errors import (
    AuthRequired,
    Rejected,
    Retryable,
    Suspended,
    parse_problems,
)
from odoo.addons.channel_mercadolibre.lib import listings
from odoo.addons.channel_mercadolibre.lib.account import Seller
from odoo.addons.channel_outgoing.lib.writer import Written

from tests.pure.channel_mercadolibre.selling import Shelf, content


@pytest.mark.parametrize(
    "error",
    [
        Retryable("optimistic locking", 5, "meli_busy", alone=True),
        Suspended("no"),
        AuthRequired("401"),
        Rejected("meli_says", "status"),
        TypeError("unexpected"),
    ],
)
@pytest.mark.parametrize("call", ["update_item", "create_description"])
def test_a_new_item_is_known_whatever_fails_of_the_rest(
    shelf: Shelf, call: str, error: Exception
) -> None:
    with patch.object(shelf.client, call, side_effect=error):
        answer = shelf.put("r", content())
    (item,) = shelf.items()
    assert isinstance(answer, Written), answer
    assert answer.external_id == item["id"]
    assert len(parse_problems(answer.details["warnings"])) == 1
    # What lacks is seen, and is nobody else's change.
    assert answer.taken is not None and answer.taken != content()
    found = shelf.find("r")
    assert found is not None and found.content == answer.taken
    answer = shelf.put("r", content())
    assert isinstance(answer, Written) and answer.taken is None
    (item,) = shelf.items()
    assert "paused_by_seller" in item["sub_status"]
    assert item["description"].startswith("Hola")


@pytest.mark.parametrize("route", [r"PUT /items/\w+$", r"POST /items/\w+/description$"])
def test_what_was_done_and_not_answered_is_not_repeated(
    shelf: Shelf, route: str
) -> None:
    # The client itself repeats some calls twice.
    shelf.account.fault(match=route, kind="drop", processed=True, times=3)
    answer = shelf.put("r", content())
    assert isinstance(answer, Written) and answer.taken is not None
    shelf.account.control("DELETE", "faults")
    shelf.writes()
    shelf.find("r")
    assert isinstance(shelf.put("r", content()), Written)
    assert shelf.writes() == []


def test_what_is_found_again_is_known_whatever_fails(shelf: Shelf) -> None:
    item = shelf.seed(family_name="Termo de acero", sku="S-1")
    shelf.account.fault(match=r"PUT /items/\w+$", kind="drop", times=9)
    answer = shelf.put("r", content())
    assert isinstance(answer, Written), answer
    assert (answer.external_id, answer.taken) == (item["id"], {"sku": "S-1"})


@pytest.mark.parametrize("status", [400, 451, 500])
def test_an_item_that_cannot_be_read_stops_no_other(shelf: Shelf, status: int) -> None:
    shelf.put_all({f"r{n}": content(f"S-{n}") for n in range(3)})
    shelf.edit("r2", status="active", available_quantity=1)
    shelf.begin()
    shelf.control("unreadable", {"items": {shelf.ids["r1"]: status}})
    try:
        targets = [shelf.target(f"r{n}") for n in range(3)]
        found = shelf.writer.find("listing", targets)
        answer = shelf.put("r1", content("S-1", brand="Bosch"))
    finally:
        shelf.control("unreadable", {"items": {}})
    assert found["r0"].content == found["r1"].content | {"sku": "S-0"}
    assert found["r1"].content == shelf.taken["r1"]
    assert found["r2"].content["visibility"] == "visible"
    # It is there, so it is neither made anew nor thought to be closed.
    assert isinstance(answer, Exception) and "closed" not in str(answer)
    assert len(shelf.items()) == 3


@pytest.mark.parametrize("kind", ["5xx", "patch"])
def test_a_description_or_a_body_that_is_odd_stops_no_other(
    shelf: Shelf, kind: str
) -> None:
    shelf.put_all({f"r{n}": content(f"S-{n}") for n in range(2)})
    shelf.begin()
    if kind == "5xx":
        route = rf"GET /items/{shelf.ids['r1']}/description$"
        shelf.account.fault(match=route, kind="5xx", times=9)
    else:
        shelf.writer.client.bulk_items = _odd(shelf, str(shelf.ids["r1"]))
    found = shelf.writer.find("listing", [shelf.target(f"r{n}") for n in range(2)])
    assert found["r0"].content == shelf.taken["r0"]
    assert found["r1"].content == shelf.taken["r1"]


def _odd(shelf: Shelf, item_id: str):
    read = shelf.client.bulk_items

    def bulk_items(ids, fields=()):
        answer = read(ids, fields)
        for row in answer.body:
            if row["body"].get("id") == item_id:
                row["body"]["attributes"] = {"no": "list"}
        return answer

    return bulk_items


# Calls that are not made


def test_a_description_is_read_when_something_changed(shelf: Shelf) -> None:
    shelf.put("r", content())
    shelf.control("stats/reset", {})
    now = datetime.utcnow().replace(microsecond=0)
    shelf.taken_at = now + timedelta(days=1)
    found = shelf.find("r")
    assert found is not None and found.content == shelf.taken["r"]
    shelf.put("r", content(brand="Bosch"))
    assert shelf.account_calls("GET /items/{id}/description") == 0
    answer = shelf.put("r", content(brand="Bosch", description="<p>Otra</p>"))
    assert isinstance(answer, Written)
    assert shelf.item("r")["description"] == "Otra"
    shelf.taken_at = now - timedelta(days=1)
    with patch.object(shelf.writer._reader, "read_text", return_value=""):
        found = shelf.find("r")
    assert found is not None and found.content["description"] == ""


def test_a_check_uploads_no_picture_that_is_there(shelf: Shelf) -> None:
    shelf.put("r", content())
    ids = dict(shelf.pictures.ids)
    for _turn in range(2):
        shelf.begin()
        shelf.writer.check(content("S-2"), Decimal(25_000), "ARS")
    assert shelf.pictures.ids == ids
    assert len(shelf.pictures.loads) == 2


def test_of_an_account_that_may_not_list_nothing_is_tried(shelf: Shelf) -> None:
    seller_id = shelf.account.seller_id
    shelf.control(f"sellers/{seller_id}", {"list_allow": False, "list_codes": ["x"]})
    shelf.put("known", content())
    shelf.begin()
    shelf.writer.seller = Seller(seller_id, user_products=True, obstacles=("x",))
    shelf.control("stats/reset", {})
    answers = shelf.put_all({f"r{n}": content(f"S-{n}") for n in range(20)})
    assert all(isinstance(one, Suspended) for one in answers.values()), answers
    routes = shelf.control("stats")["routes"]
    assert sum(routes.values()) == 1, routes
    # As soon as it may again, it goes on.
    shelf.control(f"sellers/{seller_id}", {"list_allow": True})
    shelf.begin()
    shelf.writer.seller = Seller(seller_id, user_products=True, obstacles=("x",))
    assert isinstance(shelf.put("r", content()), Written)


def test_changes_of_a_suspended_account_are_tried_once(shelf: Shelf) -> None:
    shelf.put_all({f"r{n}": content(f"S-{n}") for n in range(20)})
    shelf.begin()
    wanted = {f"r{n}": content(f"S-{n}", brand="Bosch") for n in range(20)}
    shelf.writer.find("listing", [shelf.target(name) for name in wanted])
    seller_id = shelf.account.seller_id
    shelf.control(f"sellers/{seller_id}", {"list_allow": False, "list_codes": ["x"]})

    def refuse(item_id, body):
        calls.append(item_id)
        raise Suspended("no")

    calls: list[str] = []
    shelf.client.update_item = refuse  # type: ignore[method-assign]
    for _batch in range(2):
        answers = shelf.put_all(wanted)
        assert all(isinstance(one, Suspended) for one in answers.values()), answers
    assert len(calls) <= 8
    assert [seller.obstacles for seller in shelf.noted] == [("x",)]


# Threads


def test_who_keeps_the_account_is_called_by_no_thread(former: Shelf) -> None:
    threads = []
    former.writer.note_seller = lambda _seller: threads.append(
        threading.current_thread()
    )
    former.set_model(user_products=True)
    former.put_all({f"r{n}": content(f"S-{n}") for n in range(9)})
    assert threads == [threading.current_thread()]


def test_an_account_that_is_switched_twice(former: Shelf, monkeypatch) -> None:
    assert former.writer._ask_seller() == former.writer.seller
    former.set_model(user_products=True)
    assert isinstance(former.put("r", content()), Rejected)
    monkeypatch.setattr(listings, "ASK_SECONDS", 0)
    assert isinstance(former.put("r", content()), Written)


def test_refused_credentials_throw_nothing_away(shelf: Shelf) -> None:
    create = shelf.client.create_item
    made = []

    def refuse(body, multi_origin=False):
        if len(made) >= 3:
            raise AuthRequired("401")
        made.append(body)
        return create(body, multi_origin)

    shelf.client.create_item = refuse  # type: ignore[method-assign]
    answers = shelf.put_all({f"r{n}": content(f"S-{n}") for n in range(30)})
    known = {one.external_id for one in answers.values() if isinstance(one, Written)}
    assert known == {item["id"] for item in shelf.items()} and known
    assert any(isinstance(one, AuthRequired) for one in answers.values())


# An end


def test_an_item_is_closed_once(shelf: Shelf) -> None:
    shelf.put("r", content())
    shelf.begin()
    shelf.writes()
    for _turn in range(2):
        shelf.find("r")
        answer = shelf.put("r", {"closed": True})
        assert isinstance(answer, Written), answer
        assert answer.details["status"].startswith("closed")
        found = shelf.find("r")
        assert found is not None and found.content == {"closed": True}
    assert len(shelf.writes()) == 1
    assert not shelf.items()
    shelf.ids["r"] = "MLA1"
    assert isinstance(shelf.put("r", {"closed": True}), Written)


# What the service makes of values


def test_what_the_service_rewrites_is_put_once(shelf: Shelf) -> None:
    rules = {"MODEL": {"ABC 1": "ABC-1"}, "COLOR": {"Lila": None}}
    shelf.control("rewrites", {"attributes": rules})
    try:
        values = {
            **content()["attributes"],
            "MODEL": {"value_name": "ABC 1"},
            "COLOR": {"value_name": "Lila"},
            "NO_SUCH": {"value_name": "x"},
        }
        wanted = content(attributes=values)
        shelf.put("r", wanted)
        for change in ({}, {"brand": "Bosch"}):
            shelf.begin()
            shelf.writes()
            shelf.put("r", {**wanted, **change})
            assert len(shelf.writes()) == len(change)
            found = shelf.find("r")
            assert found is not None and found.content == {**wanted, **change}
        # Somebody changes it after that.
        shelf.edit("r", attributes=[{"id": "MODEL", "value_name": "Otro"}])
        found = shelf.find("r")
        assert found is not None
        assert found.content["attributes"]["MODEL"]["value_name"] == "Otro"
        # Another value is put, and judged by itself.
        values["MODEL"] = {"value_name": "ABC-1"}
        shelf.put("r", content(attributes=values))
        shelf.edit("r", attributes=[{"id": "MODEL", "value_name": "ABC 2"}])
        found = shelf.find("r")
        assert found is not None and found.content != shelf.taken["r"]
    finally:
        shelf.control("rewrites", {"attributes": {}})
