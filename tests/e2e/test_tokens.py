"""One token, many processes: renewed once, kept whatever happens, never in a loop."""

import pytest
from e2e.stage import Shop, Stage, wait_until
from e2e.worker import WorkerError, at_once

PROCESSES = 8


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Shop:
    return stage.channel(stage.sandbox(10))


@pytest.fixture(scope="module")
def workers(stage: Stage, shop: Shop) -> list:
    return stage.new_workers(*[f"token-{number}" for number in range(PROCESSES)])


def events(shop: Shop) -> dict:
    found: dict = shop.remote.stats()["events"]
    return found


def test_one_renewal_for_all(shop: Shop, workers: list) -> None:
    """Everybody sees that the token is over and asks for another one at once."""
    old = shop.credential()
    shop.expire_token()
    shop.remote.reset_stats()
    shop.remote.fault("POST /oauth/token", "delay", seconds=1.0)
    tokens = at_once(workers, "get_token", channel_id=shop.channel)
    shop.remote.heal()
    assert set(tokens) == {shop.credential()["access_token"]}
    assert tokens[0] != old["access_token"]
    assert events(shop) == {"renewals": 1}
    assert shop.remote.stats()["statuses"] == {"200": 1}
    accounts = at_once(workers, "call_me", channel_id=shop.channel)
    assert accounts == [shop.remote.seller["id"]] * PROCESSES
    assert set(shop.remote.stats()["statuses"]) == {"200"}


def test_one_renewal_after_a_refused_token(shop: Shop, workers: list) -> None:
    """Only the service knows that the token is over: everybody is refused at once."""
    shop.remote.post("tokens/expire")
    shop.remote.reset_stats()
    accounts = at_once(workers, "call_me", channel_id=shop.channel)
    assert accounts == [shop.remote.seller["id"]] * PROCESSES
    assert events(shop) == {"renewals": 1}


def test_token_survives_a_rollback(stage: Stage, shop: Shop) -> None:
    old = shop.credential()
    shop.expire_token()
    shop.remote.reset_stats()
    with pytest.raises(WorkerError, match="business transaction fails"):
        stage.worker.call("fail_after_renewal", channel_id=shop.channel)
    name = stage.value("SELECT name FROM sale_channel WHERE id = %s", shop.channel)
    assert name == "Shop"
    new = shop.credential()
    assert new["access_token"] != old["access_token"]
    assert new["refresh_token"] != old["refresh_token"]
    assert stage.worker.call("call_me", channel_id=shop.channel)
    assert events(shop) == {"renewals": 1}
    assert set(shop.remote.stats()["statuses"]) == {"200"}


def test_lost_renewal_ends_at_a_person(stage: Stage, shop: Shop) -> None:
    """The service renewed but its answer never came: the refresh token is burnt."""
    shop.expire_token()
    shop.remote.reset_stats()
    shop.remote.fault("POST /oauth/token", "drop", times=1, processed=True)
    with pytest.raises(WorkerError, match="Retryable"):
        stage.worker.call("call_me", channel_id=shop.channel)
    assert shop.credential()["state"] == "connected"
    with pytest.raises(WorkerError, match="AuthRequired"):
        stage.worker.call("call_me", channel_id=shop.channel)
    assert shop.credential()["state"] == "reauthorise"
    assert events(shop) == {"renewals": 1, "refresh_reuse_refused": 1}
    stage.worker.call("reconnect", channel_id=shop.channel, sandbox_url=shop.remote.url)


def test_refused_renewal(stage: Stage, shop: Shop) -> None:
    """The account is revoked: one person is told, and the service left in peace."""
    stage.sql("DELETE FROM mail_activity")
    shop.remote.post("tokens/revoke")
    stage.serve()
    shop.remote.reset_stats()
    shop.request_run()
    wait_until(
        lambda: shop.credential()["state"] == "reauthorise", "the refusal is seen", 30
    )
    shop.wait_idle()
    activities = stage.sql(
        "SELECT user_id, res_id, summary FROM mail_activity WHERE res_model = %s",
        "sale.channel",
    )
    admin = stage.value("SELECT id FROM res_users WHERE login = 'admin'")
    assert [row[:2] for row in activities] == [(admin, shop.channel)], activities
    calls = shop.remote.stats()["total"]
    assert calls <= 3  # a search, the renewal, no more
    for _round in range(3):
        runs = stage.value("SELECT count(*) FROM sale_channel_run")
        shop.request_run()
        wait_until(
            lambda runs=runs: (
                stage.value("SELECT count(*) FROM sale_channel_run") > runs
            ),
            "another run",
            30,
        )
        shop.wait_idle()
    assert shop.remote.stats()["total"] == calls
    assert stage.value("SELECT count(*) FROM mail_activity") == 1
    due = stage.value(
        "SELECT retry_at > now() AT TIME ZONE 'UTC' FROM sale_channel_flow_state "
        "WHERE flow_id = %s",
        shop.flow,
    )
    assert due


def test_connecting_again_resumes(stage: Stage, shop: Shop) -> None:
    stage.worker.call("reconnect", channel_id=shop.channel, sandbox_url=shop.remote.url)
    shop.run()
    shop.assert_all_imported()
