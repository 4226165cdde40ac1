"""Connecting an account over HTTP, as a browser does it."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from e2e.rpc import RpcError, Session
from e2e.stage import Server, Shop, Stage

CALLBACK = "/channel/mercadolibre/callback"


@pytest.fixture(scope="module")
def server(stage: Stage, shop: Shop) -> Server:
    server = stage.serve()
    remote = shop.remote
    stage.sql(
        "UPDATE ir_config_parameter SET value = %s WHERE key = 'web.base.url'",
        server.url,
    )
    for app in remote.get("info")["apps"]:
        remote.post(
            f"apps/{app['client_id']}", add_redirect_uris=[server.url + CALLBACK]
        )
    return server


@pytest.fixture(scope="module")
def shop(stage: Stage) -> Shop:
    return stage.channel(stage.sandbox(8), connected=False)


@pytest.fixture(scope="module")
def admin(server: Server) -> Session:
    return server.login()


def start(admin: Session, shop: Shop) -> str:
    """Press Connect; the address of the service's authorization page."""
    action = admin.call("sale.channel", "action_connect", [shop.channel])
    assert action["type"] == "ir.actions.act_url"
    url: str = action["url"]
    return url


def allow(shop: Shop, url: str, account: int) -> str:
    """Open the page, press Allow for an account; where the browser is sent next."""
    page = requests.get(url, timeout=30)
    assert page.status_code == 200, page.text
    link = re.search(rf'id="allow-{account}" href="([^"]+)"', page.text)
    assert link, page.text
    answer = requests.get(
        shop.remote.url + link.group(1).replace("&amp;", "&"),
        allow_redirects=False,
        timeout=30,
    )
    assert answer.status_code in (302, 303)
    return answer.headers["Location"]


def is_refused(shop: Shop, answer: requests.Response, text: str) -> None:
    assert answer.status_code == 400
    assert text in answer.text
    assert "Traceback" not in answer.text
    assert shop.credential()["state"] != "connected"
    assert not shop.remote.stats()["events"].get("codes_exchanged")


def test_address_of_the_page(admin: Session, shop: Shop, server: Server) -> None:
    """The state cannot be guessed, PKCE is used, and no secret is in the address."""
    url = start(admin, shop)
    query = parse_qs(urlsplit(url).query)
    assert url.startswith(shop.remote.url)
    assert query["redirect_uri"] == [server.url + CALLBACK]
    assert len(query["state"][0]) >= 32
    assert query["code_challenge_method"] == ["S256"]
    assert shop.credential()["client_secret"] not in url


def test_forged_state(admin: Session, shop: Shop, server: Server) -> None:
    back = allow(shop, start(admin, shop), shop.remote.seller["id"])
    query = dict(parse_qs(urlsplit(back).query))
    for state in ("x" * 43, "", "y" * 5000):
        forged = urlencode({"code": query["code"][0], "state": state})
        answer = admin.get(f"{server.url}{CALLBACK}?{forged}")
        is_refused(shop, answer, "not started here")
    answer = admin.get(f"{server.url}{CALLBACK}?{urlencode({'code': 'TG-1'})}")
    is_refused(shop, answer, "not started here")


def test_operator_account(admin: Session, shop: Shop) -> None:
    """The service does not let an operator grant access; the page says so."""
    operator = shop.remote.get("info")["operator"]["id"]
    back = allow(shop, start(admin, shop), operator)
    is_refused(shop, admin.get(back), "collaborator cannot")
    assert "state=" in back
    # The state was spent all the same.
    is_refused(shop, admin.get(back), "not started here")


def test_denied(admin: Session, shop: Shop) -> None:
    page = requests.get(start(admin, shop), timeout=30).text
    link = re.search(r'id="deny" href="([^"]+)"', page)
    assert link
    url = shop.remote.url + link.group(1).replace("&amp;", "&")
    back = requests.get(url, allow_redirects=False, timeout=30).headers["Location"]
    is_refused(shop, admin.get(back), "did not grant access")


def test_strangers(admin: Session, shop: Shop, server: Server) -> None:
    """Neither the public nor an ordinary user gets anywhere with a right state."""
    back = allow(shop, start(admin, shop), shop.remote.seller["id"])
    public = requests.get(back, timeout=30)
    assert "/web/login" in public.url
    user = admin.call(
        "res.users",
        "create",
        {"name": "Seller", "login": "seller", "password": "seller-password"},
    )
    assert user
    seller = server.login("seller", "seller-password")
    is_refused(shop, seller.get(back), "Only administrators")
    with pytest.raises(RpcError, match="AccessError"):
        seller.call("sale.channel", "action_connect", [shop.channel])


def test_connects_and_imports(admin: Session, shop: Shop, server: Server) -> None:
    back = allow(shop, start(admin, shop), shop.remote.seller["id"])
    answer = admin.get(back, allow_redirects=False)
    assert answer.status_code in (302, 303)
    assert answer.headers["Location"].endswith(f"/odoo/sales-channels/{shop.channel}")
    credential = shop.credential()
    assert credential["state"] == "connected"
    assert credential["account_id"] == str(shop.remote.seller["id"])
    assert credential["account_name"] == shop.remote.seller["nickname"]
    assert not credential["oauth_state"] and not credential["oauth_verifier"]
    # Replayed: the same address opens nothing a second time.
    replayed = admin.get(back)
    assert replayed.status_code == 400
    assert "not started here" in replayed.text
    assert shop.remote.stats()["events"] == {"codes_exchanged": 1}
    # Connecting woke the flow.
    shop.wait_idle()
    shop.assert_all_imported()


def test_no_secret_was_logged(shop: Shop, server: Server) -> None:
    log = server.log.read_text(errors="replace")
    credential = shop.credential()
    for name in ("access_token", "refresh_token", "client_secret"):
        assert credential[name] not in log
