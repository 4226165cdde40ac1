"""HTML pages: the authorization screen, profiles and sale details."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import quote

from .accounts import App, Seller
from .buyers import Buyer


def _page(title: str, body: str) -> str:
    return (
        "<!DOCTYPE html>\n"
        f'<html><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )


def consent(app: App, ticket: str, sellers: list[Seller], operator: Seller) -> str:
    """Authorization screen: one "Allow" link per account, ``id="allow-<user id>"``."""
    rows = []
    for account in [*sellers, operator]:
        link = f"/authorization/allow?ticket={quote(ticket)}&account={account.id}"
        role = " (operator)" if account is operator else ""
        rows.append(
            f"<li>{escape(account.nickname)} — {escape(account.site_id)}{role} "
            f'<a id="allow-{account.id}" href="{escape(link)}">Allow</a></li>'
        )
    deny = f"/authorization/deny?ticket={quote(ticket)}"
    body = (
        f"<p>{escape(app.name)} wants to use your account.</p>"
        f"<ul>{''.join(rows)}</ul>"
        f'<p><a id="deny" href="{escape(deny)}">Do not allow</a></p>'
    )
    return _page("MercadoLibre sandbox: authorization", body)


def cannot_connect(reason: str) -> str:
    """The generic refusal of the authorization screen."""
    body = (
        "<p>Sorry, the application cannot connect to your account.</p>"
        f'<p id="reason">{escape(reason)}</p>'
    )
    return _page("MercadoLibre sandbox: error", body)


def profile(buyer: Buyer) -> str:
    """Public profile of a buyer."""
    body = (
        f'<p id="nickname">{escape(buyer.nickname)}</p>'
        f"<p>User {buyer.id}, {escape(buyer.site)}</p>"
    )
    return _page(f"Profile of {buyer.nickname}", body)


def sale(number: int, orders: list[dict[str, Any]]) -> str:
    """Details of a sale (an order or a pack)."""
    rows = []
    for order in orders:
        for item in order["order_items"]:
            rows.append(
                f'<tr data-order="{order["id"]}"><td>{order["id"]}</td>'
                f"<td>{escape(str(item['item'].get('title')))}</td>"
                f"<td>{escape(str(item['item'].get('seller_sku')))}</td>"
                f"<td>{item['quantity']}</td><td>{item['unit_price']}</td></tr>"
            )
    buyer = orders[0].get("buyer") or {}
    total = round(sum(order["total_amount"] for order in orders), 2)
    link = f"/perfil/{quote(str(buyer.get('nickname')))}"
    body = (
        f'<p>Buyer <a href="{escape(link)}">{escape(str(buyer.get("nickname")))}</a>'
        f"</p><table>{''.join(rows)}</table>"
        f'<p id="total">{total} {escape(str(orders[0]["currency_id"]))}</p>'
    )
    return _page(f"Sale {number}", body)


def missing(what: str) -> str:
    """A page for what does not exist."""
    return _page("Not found", f"<p>{escape(what)}</p>")
