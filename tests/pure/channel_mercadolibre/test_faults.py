"""Errors of the sandbox: each one leads to its class."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import requests
from sandbox.mercadolibre import MercadoLibreSandbox

from odoo.addons.channel_base.lib.errors import AuthRequired, Rejected, Retryable
from odoo.addons.channel_base.lib.oauth import (
    authorization_url,
    pkce_challenge,
    pkce_verifier,
)
from odoo.addons.channel_mercadolibre.lib import oauth
from odoo.addons.channel_mercadolibre.lib.client import MercadoLibreClient
from odoo.addons.channel_mercadolibre.lib.parser import parse

from tests.pure.channel_mercadolibre.support import Account, accounts


def test_an_expired_token_is_renewed_once(account: Account) -> None:
    account.control("POST", "tokens/expire", {})
    assert str(account.client.me().body["id"]) == account.seller_id
    assert account.renewals == 1
    row = account.truth()[0]
    assert account.source.fetch(str(row["order_id"]), {})["orders"]
    assert account.renewals == 1


def test_renewal_from_several_threads(account: Account) -> None:
    account.control("POST", "tokens/expire", {})
    errors: list[BaseException] = []

    def call() -> None:
        try:
            account.client.me()
        except (AuthRequired, Retryable, Rejected) as error:
            errors.append(error)

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert account.renewals == 1


def test_a_revoked_grant_needs_a_person(account: Account) -> None:
    account.control("POST", "tokens/revoke", {"seller_id": int(account.seller_id)})
    with pytest.raises(AuthRequired) as caught:
        account.client.me()
    assert account.renewal not in str(caught.value)
    with pytest.raises(AuthRequired):
        account.oauth.refresh("TG-neverissued-1")


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "429", "retry_after": 7},
        {"kind": "429", "variant": "text"},
        {"kind": "429_empty"},
        {"kind": "5xx", "status": 500},
        {"kind": "5xx", "status": 503},
        {"kind": "drop"},
        {"kind": "not_json"},
        {"kind": "cut"},
        {"kind": "malformed"},
        {"kind": "empty"},
    ],
    ids=lambda rule: "-".join(str(value) for value in rule.values()),
)
@pytest.mark.parametrize("where", ["/orders/search", "/orders/[0-9]+$", "/shipments/"])
def test_passing_faults_are_retryable(
    account: Account, rule: dict[str, Any], where: str
) -> None:
    row = next(row for row in account.truth() if row["shipment_id"])
    versions = {str(row["order_id"]): ""}
    account.fault(match=where, **rule)
    now = account.now()
    with pytest.raises(Retryable) as caught:
        if "search" in where:
            account.source.search({}, now - timedelta(days=70), now, 50)
        else:
            cart = str(row["pack_id"] or row["order_id"])
            account.source.fetch(cart, versions)
    assert caught.value.after == rule.get("retry_after")
    assert account.access not in str(caught.value)


def test_an_enormous_answer_is_rejected(account: Account) -> None:
    account.fault(match="/orders/[0-9]+$", kind="huge", bytes=6_000_000)
    with pytest.raises(Rejected) as caught:
        account.client.order(str(account.truth()[0]["order_id"]))
    assert caught.value.code == "response_too_large"


def test_a_slow_answer_is_retryable(account: Account) -> None:
    account.fault(match="/users/me", kind="delay", seconds=2)
    client = MercadoLibreClient(
        account.url, account.token, timeout=(1.0, 0.2), retries=0
    )
    started = time.monotonic()
    with pytest.raises(Retryable):
        client.me()
    assert time.monotonic() - started < 1.5


def test_drift_never_breaks_anything_but_the_order(account: Account) -> None:
    account.fault(match="/(orders|shipments|packs)/", kind="drift")
    rejected = 0
    for row in account.truth()[:40]:
        try:
            bundle = account.source.fetch(str(row["order_id"]), {})
            parse(bundle)
        except Rejected as error:
            assert error.code in ("payload_invalid", "not_found")
            rejected += 1
        except Retryable as error:
            assert "items" in str(error)
            rejected += 1
    assert rejected < 40


def test_another_seller_is_kept_out(sandbox: MercadoLibreSandbox) -> None:
    mine, other = accounts(sandbox)[:2]
    row = next(row for row in other.truth() if not row["pack_id"])
    with pytest.raises(Rejected) as caught:
        mine.client.order(str(row["order_id"]))
    assert caught.value.code == "other_account"
    with pytest.raises(Rejected) as caught:
        mine.source.fetch(str(row["order_id"]), {})
    assert caught.value.code == "other_account"
    pack = next(row["pack_id"] for row in other.truth() if row["pack_id"])
    with pytest.raises(Rejected) as caught:
        mine.client.pack(str(pack))
    assert caught.value.code in ("other_account", "forbidden")
    with pytest.raises(Rejected) as caught:
        mine.client.shipment("1")
    assert caught.value.code == "not_found"


def test_authorization_code_with_pkce(account: Account) -> None:
    app = account.control("GET", "info")["apps"][1]
    verifier = pkce_verifier()
    redirect = app["redirect_uris"][0]
    url = authorization_url(
        f"{account.url}/authorization",
        app["client_id"],
        redirect,
        "state value/+=",
        pkce_challenge(verifier),
    )
    page = requests.get(url, timeout=5)
    assert page.status_code == 200
    # What the browser would post is the sandbox's business; a code that was never
    # issued is refused all the same.
    client = oauth.OAuthClient(account.url, app["client_id"], app["client_secret"])
    with pytest.raises(AuthRequired):
        client.exchange("TG-unknown-1", redirect, verifier)
    wrong = oauth.OAuthClient(account.url, app["client_id"], "not the secret")
    with pytest.raises(AuthRequired) as caught:
        wrong.exchange("TG-unknown-1", redirect, verifier)
    assert "not the secret" not in str(caught.value)


def test_renewal_survives_only_as_far_as_the_answer(account: Account) -> None:
    account.fault(match="/oauth/token", kind="cut", times=1)
    with pytest.raises(Retryable):
        account.oauth.refresh(account.renewal)
    # The cut answer had rotated the token: the second try says so.
    with pytest.raises(AuthRequired):
        account.oauth.refresh(account.renewal)


def test_without_offline_access_nothing_can_renew(account: Account) -> None:
    app = account.control("GET", "info")["apps"][0]
    account.control("POST", f"apps/{app['client_id']}", {"scopes": "read write"})
    try:
        with pytest.raises(Rejected) as caught:
            account.oauth.refresh(account.renewal)
        assert caught.value.code == "no_offline_access"
    finally:
        account.control("POST", f"apps/{app['client_id']}", {"scopes": app["scopes"]})
