"""Workers that import the same buyer at one moment end with one of everything."""

import pytest
from e2e.stage import Shop, Stage
from e2e.worker import WorkerError, at_once

PROCESSES = 3
PERSON, COMPANY = "20267565393", "30712345671"


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Shop:
    return stage.channel(stage.sandbox(10))


@pytest.fixture(scope="module")
def workers(stage: Stage, shop: Shop) -> list:
    return stage.new_workers(*[f"identity-{number}" for number in range(PROCESSES)])


def customers(stage: Stage, number: str) -> int:
    found: int = stage.value("SELECT count(*) FROM res_partner WHERE vat = %s", number)
    return found


@pytest.mark.parametrize("number", [PERSON, COMPANY])
def test_one_customer(stage: Stage, shop: Shop, workers: list, number: str) -> None:
    """A new buyer; then a second identity of a buyer whom everybody knows."""
    wanted = {"channel_id": shop.channel, "nickname": "PAZANA", "number": number}
    answers = at_once(workers, "upsert_buyer", **wanted, hold=2.0)
    late = [answer for answer in answers if isinstance(answer, WorkerError)]
    assert len(late) == PROCESSES - 1, answers
    for error in late:
        assert "Another transaction created a buyer" in str(error)
    again = at_once(workers, "upsert_buyer", **wanted, hold=0)
    won = next(answer for answer in answers if answer not in late)
    assert again == [won] * PROCESSES
    assert customers(stage, number) == 1


def test_two_identities_of_one_buyer(stage: Stage) -> None:
    rows = stage.sql(
        "SELECT i.key, b.external_id FROM sale_channel_identity i "
        "JOIN sale_channel_partner b ON b.id = i.buyer_id ORDER BY i.key"
    )
    assert rows == [(f"AR|{PERSON}", "77001"), (f"AR|{COMPANY}", "77001")]
