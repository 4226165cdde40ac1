"""One token and one quota, many processes.

The token is renewed once, kept whatever happens, never in a loop; the calls of all
together stay within what the service allows.
"""

import time

import pytest
from e2e.stage import Shop, Stage, wait_until
from e2e.worker import WorkerError, at_once

from devtool.system import slowness

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


PER_MINUTE = 600  # ten a second
BURST = 20
# A process makes the calls that it has taken within so many seconds.
HELD_SECONDS = 1.8


def test_together_within_the_quota(shop: Shop, workers: list) -> None:
    values = {"channel_id": shop.channel, "per_minute": PER_MINUTE}
    found = at_once(workers[:4], "spend", seconds=5, **values)
    assert all(found)
    gone = sorted(moment for moments in found for moment in moments)
    # A busy machine lets processes call later than they meant to.
    held = HELD_SECONDS * slowness()
    for number, begin in enumerate(gone):
        for count, end in enumerate(gone[number:], 1):
            assert count <= BURST + 10 * (end - begin + held)
    # Nor are they slower than one process would be.
    assert len(gone) >= BURST + 10 * 5 - 10
    asked = shop.stage.sql("SELECT maximum, rate FROM sale_channel_quota")
    assert asked == [(PER_MINUTE, PER_MINUTE)]


def test_a_refusal_holds_all(shop: Shop, workers: list) -> None:
    """A 429 that one process gets; the others have calls in hand."""
    values = {"channel_id": shop.channel, "per_minute": PER_MINUTE}
    for worker in workers[:3]:
        worker.send("spend", seconds=5, **values)
    time.sleep(1.5)
    refused_at = workers[3].call("refuse", after=60, **values)
    gone = [moment for worker in workers[:3] for moment in worker.receive()]
    assert max(gone) < refused_at + HELD_SECONDS
    assert min(gone) < refused_at
    rate, seconds = shop.stage.sql(
        "SELECT rate, extract(epoch FROM blocked_until AT TIME ZONE 'UTC' - now()) "
        "FROM sale_channel_quota"
    )[0]
    assert rate == PER_MINUTE / 2
    assert 50 < seconds <= 60
    # A process that starts now does not call either.
    assert workers[4].call("spend", seconds=1, **values) == []
    shop.stage.sql("DELETE FROM sale_channel_quota")


def test_a_killed_process_takes_no_quota_with_it(stage: Stage, shop: Shop) -> None:
    values = {"channel_id": shop.channel, "per_minute": PER_MINUTE}
    worker = stage.new_worker("token-killed")
    worker.send("spend", seconds=60, patience=5.0, **values)
    time.sleep(1.5)
    worker.child.popen.kill()
    worker.child.popen.wait()
    killed_at = time.time()
    gone = stage.worker.call("spend", seconds=3, **values)
    assert min(gone) < killed_at + 1.5
    assert len(gone) >= 10 * (3 - 1.5)
    shop.stage.sql("DELETE FROM sale_channel_quota")


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
