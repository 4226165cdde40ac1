"""Logins at ARCA: one for all processes, and refusals that end at a person."""

from collections.abc import Iterator

import pytest
from e2e.stage import COMPANY_CUIT, Arca, Stage
from e2e.worker import Worker, WorkerError, at_once

PROCESSES = 8
# Whom a certificate may not represent
STRANGER = "30500010912"
LOGIN = "POST /ws/services/LoginCms"
PAST = "now() AT TIME ZONE 'UTC' - interval '1 second'"
TICKETS = "SELECT count(*) FROM l10n_ar_arca_ticket WHERE token IS NOT NULL"


@pytest.fixture(scope="module")
def arca(stage: Stage) -> Arca:
    arca = stage.arca()
    arca.post("taxpayers", profile="company", number=COMPANY_CUIT)
    return arca


@pytest.fixture
def number(arca: Arca) -> str:
    """A taxpayer whom nobody has asked about."""
    made: str = arca.post("taxpayers", profile="company")["number"]
    return made


@pytest.fixture(scope="module")
def workers(stage: Stage) -> list[Worker]:
    return stage.new_workers(*[f"arca-{number}" for number in range(PROCESSES)])


@pytest.fixture(autouse=True)
def fresh(stage: Stage, arca: Arca) -> Iterator[None]:
    """No customer waits, nobody has a ticket, and the sandbox is as it began."""
    stage.sql("UPDATE partner_registration SET due_at = NULL")
    stage.sql("DELETE FROM partner_registration_pause")
    stage.sql("UPDATE res_company SET l10n_ar_arca_certificate_id = NULL")
    arca.reset_stats()
    yield
    arca.heal()
    arca.set(login_fault=None, retention_seconds=600)


def install(stage: Stage, arca: Arca, **values: object) -> tuple[int, str]:
    """A certificate in use, that nobody has used; and its serial number."""
    represented = values.pop("represented_cuit", None)
    count = len(arca.get("info")["certificates"])
    identity = arca.identity(common_name=f"odoo-{count}", **values)
    chosen = {"represented_cuit": represented} if represented else {}
    certificate = stage.worker.call(
        "install_certificate", sandbox_url=arca.url, identity=identity, **chosen
    )
    return certificate, identity["serial"]


# Many processes


@pytest.mark.parametrize("count", [2, PROCESSES])
def test_one_login_for_all(
    stage: Stage, arca: Arca, workers: list[Worker], count: int
) -> None:
    certificate, _serial = install(stage, arca)
    before = stage.value(TICKETS)
    arca.fault(LOGIN, "delay", seconds=1.5)
    wanted = {"certificate_id": certificate, "number": COMPANY_CUIT}
    names = at_once(workers[:count], "look_up", **wanted)
    assert len(set(names)) == 1, names
    assert not isinstance(names[0], WorkerError)
    assert arca.calls() == {"logins": 1, "questions": count}
    assert set(arca.stats()["statuses"]) == {"200"}
    assert stage.value(TICKETS) == before + 1


def test_ticket_survives_a_rollback(stage: Stage, arca: Arca) -> None:
    certificate, _serial = install(stage, arca)
    wanted = {"certificate_id": certificate, "number": COMPANY_CUIT}
    with pytest.raises(WorkerError, match="business transaction fails"):
        stage.worker.call("fail_after_look_up", **wanted)
    alias = "SELECT alias FROM l10n_ar_arca_certificate WHERE id = %s"
    assert stage.value(alias, certificate) != "never committed"
    assert stage.worker.call("look_up", **wanted)
    assert arca.calls() == {"logins": 1, "questions": 2}


def test_expired_ticket_is_renewed_once(
    stage: Stage, arca: Arca, workers: list[Worker]
) -> None:
    certificate, _serial = install(stage, arca)
    wanted = {"certificate_id": certificate, "number": COMPANY_CUIT}
    stage.worker.call("look_up", **wanted)
    stage.sql(f"UPDATE l10n_ar_arca_ticket SET expires_at = {PAST}")
    arca.set(retention_seconds=0)
    at_once(workers, "look_up", **wanted)
    assert arca.calls() == {"logins": 2, "questions": 1 + PROCESSES}


# Refusals: a sentence on the button, the same on the customer, and no hammering.


def look_up_again(stage: Stage, customer: int) -> None:
    """The scheduled look-ups, as if the pause were over."""
    stage.sql(f"UPDATE partner_registration_pause SET until = {PAST}")
    due = f"UPDATE partner_registration SET due_at = {PAST} WHERE partner_id = %s"
    stage.sql(due, customer)
    stage.worker.call("run_look_ups")


def refused(stage: Stage, arca: Arca, number: str, sentence: str, logins: int) -> int:
    """A customer who cannot be looked up, however often somebody tries."""
    customer: int = stage.worker.call("make_customer", number=number)
    for _turn in range(3):
        with pytest.raises(WorkerError, match=f"UserError: {sentence}"):
            stage.worker.call("press_update", partner_id=customer)
        look_up_again(stage, customer)
        found = stage.worker.call("describe_customer", partner_id=customer)
        assert found["text"].startswith(sentence)
        assert found["pending"]
    spent = "SELECT failures FROM partner_registration WHERE partner_id = %s"
    assert not stage.value(spent, customer)
    assert arca.calls() == {"logins": logins, "questions": 0}
    return customer


def settled(stage: Stage, customer: int) -> None:
    look_up_again(stage, customer)
    found = stage.worker.call("describe_customer", partner_id=customer)
    assert (found["state"], found["responsibility"]) == ("determined", "1")


def test_certificate_missing(stage: Stage, arca: Arca, number: str) -> None:
    customer = refused(stage, arca, number, "The company has no ARCA certificate", 0)
    install(stage, arca)
    settled(stage, customer)


def test_certificate_of_another_key(stage: Stage, arca: Arca, number: str) -> None:
    """It is refused when it is entered, so the company has none."""
    with pytest.raises(WorkerError, match="The certificate belongs to another key"):
        stage.worker.call("enter_foreign_certificate", identity=arca.identity())
    refused(stage, arca, number, "The company has no ARCA certificate", 0)


def test_certificate_expired(stage: Stage, arca: Arca, number: str) -> None:
    certificate, _serial = install(stage, arca)
    stage.sql(
        "UPDATE l10n_ar_arca_certificate SET valid_to = valid_from WHERE id = %s",
        certificate,
    )
    refused(stage, arca, number, "The ARCA certificate is expired", 0)


def test_certificate_expired_by_arcas_clock(
    stage: Stage, arca: Arca, number: str
) -> None:
    install(stage, arca)
    arca.set(login_fault="cms.cert.expired")
    refused(stage, arca, number, "The ARCA certificate is expired", 1)


def test_not_authorised(stage: Stage, arca: Arca, number: str) -> None:
    """Nothing is asked until somebody says that it is mended, by the button."""
    certificate, serial = install(stage, arca, authorised_services=["wsfe"])
    sentence = "The certificate may not use this service"
    customer = refused(stage, arca, number, sentence, 1)
    with pytest.raises(WorkerError, match=f"UserError: {sentence}"):
        stage.worker.call("press_test", certificate_id=certificate)
    services = ["ws_sr_constancia_inscripcion"]
    arca.post(f"certificates/{serial}", authorised_services=services)
    stage.worker.call("press_test", certificate_id=certificate)
    assert arca.calls() == {"logins": 3, "questions": 1}
    settled(stage, customer)


def test_untrusted(stage: Stage, arca: Arca, number: str) -> None:
    """A certificate of the other environment's authority."""
    # The sandboxes' clocks are up to a minute apart.
    identity = stage.arca(seed=8).identity(not_before="2026-01-01T00:00:00+00:00")
    stage.worker.call("install_certificate", sandbox_url=arca.url, identity=identity)
    refused(stage, arca, number, "ARCA does not know the certificate's issuer", 1)


def test_not_delegated(stage: Stage, arca: Arca, number: str) -> None:
    install(stage, arca, represented_cuit=STRANGER)
    refused(stage, arca, number, "The certificate may not represent this CUIT", 1)


def test_ticket_taken_by_another_program(stage: Stage, arca: Arca, number: str) -> None:
    """Odoo waits for as long as ARCA may keep it waiting, then it goes on."""
    certificate, _serial = install(stage, arca)
    wanted = {"certificate_id": certificate, "number": COMPANY_CUIT}
    stage.worker.call("look_up", **wanted)
    stage.sql("DELETE FROM l10n_ar_arca_ticket")
    arca.reset_stats()
    customer = refused(stage, arca, number, "Another program got an access ticket", 1)
    waits = "SELECT min(retry_at - (now() AT TIME ZONE 'UTC')) FROM l10n_ar_arca_ticket"
    assert stage.value(waits).total_seconds() > 500
    stage.sql(f"UPDATE l10n_ar_arca_ticket SET retry_at = {PAST}")
    arca.set(retention_seconds=0)
    settled(stage, customer)
    assert arca.calls() == {"logins": 2, "questions": 1}
