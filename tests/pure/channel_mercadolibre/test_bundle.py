"""What is read for one cart, and with how many calls."""

from __future__ import annotations

from typing import Any

import pytest

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.http import Response
from odoo.addons.channel_mercadolibre.lib.orders import MercadoLibreOrders
from odoo.addons.channel_mercadolibre.lib.parser import parse
from odoo.addons.channel_mercadolibre.lib.sites import get_site

from tests.pure.channel_mercadolibre.payloads import (
    SELLER,
    billing,
    flat_billing,
    order,
    shipment,
)

SHIPMENT = "45848383497"
BILLING = "776121809365303355"


class Service:
    """Answers by resource and id; anything else is not found."""

    def __init__(self, **answers: Any):
        self.answers = answers
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def call(*args: str) -> Response:
            key = f"{name}_{args[-1]}"
            self.calls.append(key)
            found = self.answers.get(key, Rejected("not_found"))
            if isinstance(found, Exception):
                raise found
            if isinstance(found, Response):
                return found
            return Response(200, {}, found)

        return call


def partial(body: Any, names: str) -> Response:
    return Response(206, {"x-content-missing": names}, body)


def usual(**answers: Any) -> Service:
    return Service(
        **{
            f"shipment_{SHIPMENT}": shipment(),
            f"billing_info_{BILLING}": billing(),
            **answers,
        }
    )


def fetch(service: Any, external_id: str, *known: str) -> dict[str, Any]:
    source = MercadoLibreOrders(service, str(SELLER), get_site("MLA"))
    return source.fetch(external_id, dict.fromkeys(known, "v"))


def test_a_single_order_takes_three_calls() -> None:
    service = usual(order_11=order(11))
    found = fetch(service, "11", "11")
    assert len(service.calls) == 3
    assert found["external_id"] == "11"
    assert found["pack"] is None
    assert found["billing"] == {"format": "new", "data": billing()}
    assert found["shipment"]["data"] == shipment()
    assert found["partial"] == []
    assert found["schema"] == 1
    assert found["versions"] == {"11": "2026-10-04T15:00:00.123Z"}


def test_a_pack_takes_one_more_and_completes_the_orders() -> None:
    service = usual(
        pack_7={"id": 7, "shipment": None, "orders": [{"id": 12}, {"id": 11}]},
        order_11=order(11, pack_id=7),
        order_12=order(12, pack_id=7),
    )
    found = fetch(service, "7", "12")
    assert len(service.calls) == 5
    assert [one["id"] for one in found["orders"]] == [11, 12]
    assert set(found["versions"]) == {"11", "12"}


@pytest.mark.parametrize("code", ["not_found", "other_account", "forbidden"])
def test_a_pack_that_is_not_shown_is_done_without(code: str) -> None:
    service = usual(order_11=order(11, pack_id=7), pack_7=Rejected(code))
    found = fetch(service, "7", "11")
    assert found["pack"] is None
    assert found["external_id"] == "7"
    assert found["partial"] == ["pack"]


def test_orders_of_other_sellers_are_left_out() -> None:
    service = usual(
        pack_7={"orders": [{"id": 11}, {"id": 12}, {"id": 13}]},
        order_11=order(11, pack_id=7),
        order_12=Rejected("other_account"),
        order_13=order(13, pack_id=7, seller={"id": 5}),
    )
    found = fetch(service, "7", "11")
    assert [one["id"] for one in found["orders"]] == [11]
    assert found["partial"] == []


@pytest.mark.parametrize("code", ["not_found", "forbidden"])
def test_an_order_of_the_pack_that_is_not_shown_is_missing(code: str) -> None:
    service = usual(
        pack_7={"orders": [{"id": 11}, {"id": 12}]},
        order_11=order(11, pack_id=7),
        order_12=Rejected(code),
    )
    found = fetch(service, "7", "11")
    assert [one["id"] for one in found["orders"]] == [11]
    assert found["partial"] == ["order:12"]
    assert not parse(found).complete


def test_an_order_that_the_search_showed_must_be_there() -> None:
    service = usual(pack_7={"orders": []}, order_11=order(11, pack_id=7))
    with pytest.raises(Rejected) as caught:
        fetch(service, "7", "11", "12")
    assert caught.value.code == "not_found"


def test_an_order_that_turns_out_to_have_a_pack() -> None:
    service = usual(
        pack_7={"orders": [{"id": 11}, {"id": 12}]},
        order_11=order(11, pack_id=7),
        order_12=order(12, pack_id=7),
    )
    for known in ((), ("11",)):
        found = fetch(service, "11", *known)
        assert found["external_id"] == "7"
        assert len(found["orders"]) == 2


def test_orders_that_a_split_moved_are_left_to_their_new_pack() -> None:
    service = usual(
        pack_7={"orders": [{"id": 11}, {"id": 12}]},
        order_11=order(11, pack_id=7),
        order_12=order(12, pack_id=8),
    )
    assert list(fetch(service, "7", "11", "12")["versions"]) == ["11"]


def test_nothing_at_all() -> None:
    for service in (usual(), usual(pack_7={"orders": []})):
        with pytest.raises(Rejected) as caught:
            fetch(service, "7")
        assert caught.value.code == "not_found"


def test_billing_falls_back_to_the_old_way() -> None:
    service = Service(order_11=order(11), legacy_billing_info_11=flat_billing())
    assert fetch(service, "11", "11")["billing"]["format"] == "legacy"
    bare = order(11, buyer={"id": 5})
    service = usual(order_11=bare, legacy_billing_info_11=flat_billing())
    assert fetch(service, "11", "11")["billing"]["format"] == "legacy"
    assert len(service.calls) == 3


def test_no_billing_at_all() -> None:
    found = fetch(Service(order_11=order(11)), "11", "11")
    assert found["billing"] == {"format": "none", "data": None}
    assert "billing" not in found["partial"]
    refused = Rejected("forbidden")
    service = Service(order_11=order(11), **{f"billing_info_{BILLING}": refused})
    assert "billing" in fetch(service, "11", "11")["partial"]


def test_a_valid_order_tells_the_billing_of_the_cart() -> None:
    cancelled = order(11, pack_id=7, status="cancelled")
    cancelled["buyer"] = {"id": 5, "billing_info": {"id": "other"}}
    service = usual(
        pack_7={"orders": []},
        order_11=cancelled,
        order_12=order(12, pack_id=7),
    )
    assert fetch(service, "7", "11", "12")["billing"]["format"] == "new"


def test_the_shipment_of_the_pack_comes_first() -> None:
    service = usual(
        pack_7={"shipment": {"id": 99}, "orders": []},
        order_11=order(11, pack_id=7),
        shipment_99={"id": 99},
    )
    assert fetch(service, "7", "11")["shipment"]["data"] == {"id": 99}


@pytest.mark.parametrize("shipping", [None, {}, {"id": None}])
def test_no_shipment_yet(shipping: Any) -> None:
    service = usual(order_11=order(11, shipping=shipping))
    found = fetch(service, "11", "11")
    assert found["shipment"] == {"data": None}
    assert found["partial"] == []
    assert len(service.calls) == 2
    assert not parse(found).complete


def test_a_shipment_that_is_not_shown_is_missing() -> None:
    refused = (Rejected("not_found"), Rejected("forbidden"), Rejected("other_account"))
    for answer in (*refused, Response(204, {}, None)):
        service = usual(order_11=order(11), **{f"shipment_{SHIPMENT}": answer})
        found = fetch(service, "11", "11")
        assert found["shipment"] == {"data": None}
        assert found["partial"] == ["shipment"]
        assert not parse(found).complete


def test_partial_answers_are_named() -> None:
    service = usual(order_11=partial(order(11), "buyer, feedback"))
    assert fetch(service, "11", "11")["partial"] == ["buyer", "feedback"]


@pytest.mark.parametrize(
    "answer",
    [
        partial(order(11, order_items=None), "order_items"),
        partial(order(11), "buyer, order_items"),
        order(11, order_items=None),
        order(11, order_items=[]),
        {key: value for key, value in order(11).items() if key != "order_items"},
    ],
)
def test_an_order_without_items_is_asked_for_again(answer: Any) -> None:
    service = usual(order_11=answer)
    with pytest.raises(Retryable):
        fetch(service, "11", "11")
    assert service.calls == ["order_11"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Response(200, {}, None), Retryable),
        (Response(200, {}, []), Rejected),
        (Response(200, {}, {"id": 12}), Rejected),
        (Response(200, {}, {}), Rejected),
    ],
)
def test_an_order_of_another_shape(answer: Response, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        fetch(usual(order_11=answer), "11", "11")


def test_passing_faults_of_secondary_calls_are_not_swallowed() -> None:
    for key in (f"shipment_{SHIPMENT}", f"billing_info_{BILLING}", "pack_7"):
        service = usual(order_11=order(11, pack_id=7), **{key: Retryable("later")})
        with pytest.raises(Retryable):
            fetch(service, "7", "11")
