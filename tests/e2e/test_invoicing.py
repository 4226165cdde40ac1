"""Whoever invoices an order at one moment: it has one invoice."""

import pytest
from e2e.stage import Shop, Stage
from e2e.worker import Worker, WorkerError

PROCESSES = 3


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Shop:
    return stage.channel(stage.sandbox(10))


@pytest.fixture(scope="module")
def workers(stage: Stage, shop: Shop) -> list[Worker]:
    return stage.new_workers(*[f"invoicing-{number}" for number in range(PROCESSES)])


def invoices(stage: Stage, order: int) -> int:
    found: int = stage.value(
        "SELECT count(DISTINCT m.id) FROM account_move m "
        "JOIN sale_order o ON o.name = m.invoice_origin WHERE o.id = %s",
        order,
    )
    return found


def outcomes(workers: list[Worker], *calls: str, **values: object) -> list[object]:
    """What each worker answers to its function, all of them at one moment."""
    for worker, function in zip(workers, calls, strict=True):
        worker.send(function, **values)
    found: list[object] = []
    for worker in workers:
        try:
            found.append(worker.receive())
        except WorkerError as error:
            found.append(error)
    return found


def test_workers_of_one_row(stage: Stage, shop: Shop, workers: list[Worker]) -> None:
    order = stage.worker.call("make_due_order", channel_id=shop.channel, number="W1")
    answers = outcomes(
        workers, *["invoice_automatically"] * PROCESSES, order_id=order, hold=2.0
    )
    assert "done" in answers, answers
    assert invoices(stage, order) == 1
    again = outcomes(
        workers, *["invoice_automatically"] * PROCESSES, order_id=order, hold=0
    )
    assert again == ["done"] * PROCESSES
    assert invoices(stage, order) == 1


def test_a_person_and_a_worker(stage: Stage, shop: Shop, workers: list[Worker]) -> None:
    order = stage.worker.call("make_due_order", channel_id=shop.channel, number="W2")
    outcomes(
        workers[:2],
        "invoice_by_hand",
        "invoice_automatically",
        order_id=order,
        hold=2.0,
    )
    assert invoices(stage, order) == 1
    outcomes(workers[:1], "invoice_automatically", order_id=order, hold=0)
    assert invoices(stage, order) == 1
