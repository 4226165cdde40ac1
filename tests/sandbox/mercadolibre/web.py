"""Browser-facing routes and the token endpoint."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from ..http import Request, Response, Router, html_response, json_response, redirect
from . import pages
from .accounts import OPERATOR
from .core import Core
from .oauth import OAuthError


@dataclass
class _Ticket:
    """An authorization screen shown to a user."""

    client_id: str
    redirect_uri: str
    state: str | None
    challenge: str | None
    method: str | None


class Web:
    """Authorization screen, token endpoint, profiles and sale details."""

    def __init__(self, core: Core, router: Router) -> None:
        self.core = core
        self._tickets: dict[str, _Ticket] = {}
        router.add("GET", "/authorization", self.authorization)
        router.add("GET", "/authorization/allow", self.allow)
        router.add("GET", "/authorization/deny", self.deny)
        router.add("POST", "/oauth/token", self.token)
        router.add("DELETE", "/users/{user}/applications/{app}", self.revoke)
        router.add("GET", "/applications/{app}/grants", self.grants)
        router.add("GET", "/perfil/{nick}", self.profile)
        router.add("GET", "/ventas/{id}/detalle", self.sale)

    def authorization(self, request: Request) -> Response:
        """Screen that asks the user to allow an application."""
        query = request.query
        app = self.core.authority.apps.get(query.get("client_id", ""))
        reason = None
        if app is None:
            reason = "invalid_client"
        elif query.get("response_type") != "code":
            reason = "unsupported_response_type"
        elif query.get("redirect_uri") not in app.redirect_uris:
            reason = "redirect_uri_mismatch"
        challenge = query.get("code_challenge") or None
        method = query.get("code_challenge_method") or None
        if app is not None and app.pkce_required and challenge is None:
            reason = reason or "code_challenge_required"
        if challenge is not None and method not in ("S256", "plain"):
            reason = reason or "invalid_code_challenge_method"
        if app is None or reason:
            return html_response(pages.cannot_connect(reason or "invalid_client"), 400)
        ticket = secrets.token_hex(8)
        with self.core.lock:
            self._tickets[ticket] = _Ticket(
                app.client_id,
                query["redirect_uri"],
                query.get("state"),
                challenge,
                method,
            )
        sellers = list(self.core.store.sellers.values())
        return html_response(pages.consent(app, ticket, sellers, OPERATOR))

    def _back(self, ticket: _Ticket, answer: dict[str, str]) -> Response:
        if ticket.state is not None:
            answer["state"] = ticket.state
        glue = "&" if "?" in ticket.redirect_uri else "?"
        return redirect(f"{ticket.redirect_uri}{glue}{urlencode(answer)}")

    def _ticket(self, request: Request) -> _Ticket | None:
        with self.core.lock:
            return self._tickets.pop(request.query.get("ticket", ""), None)

    def allow(self, request: Request) -> Response:
        """The user allowed: back to the application with a code."""
        ticket = self._ticket(request)
        if ticket is None:
            return html_response(pages.cannot_connect("expired_screen"), 400)
        account = request.query.get("account", "")
        if account == str(OPERATOR.id):
            return self._back(
                ticket,
                {
                    "error": "invalid_operator_user_id",
                    "error_description": "only the owner of the account can allow",
                },
            )
        if not account.isdigit() or int(account) not in self.core.store.sellers:
            return html_response(pages.cannot_connect("unknown_account"), 400)
        code = self.core.authority.issue_code(
            ticket.client_id,
            ticket.redirect_uri,
            int(account),
            ticket.challenge,
            ticket.method,
        )
        self.core.changed()
        return self._back(ticket, {"code": code})

    def deny(self, request: Request) -> Response:
        """The user did not allow."""
        ticket = self._ticket(request)
        if ticket is None:
            return html_response(pages.cannot_connect("expired_screen"), 400)
        return self._back(ticket, {"error": "access_denied"})

    def token(self, request: Request) -> Response:
        """Exchange a code or renew a pair; parameters only in the form body."""
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        try:
            if request.query_string:
                raise OAuthError(
                    "invalid_request", "parameters must be sent in the body"
                )
            if kind != "application/x-www-form-urlencoded":
                raise OAuthError("invalid_request", "the body must be a form")
            answer = self.core.authority.token(request.form())
        except OAuthError as refusal:
            return json_response(refusal.body(), refusal.status)
        self.core.changed()
        return json_response(answer)

    def revoke(self, request: Request) -> Response:
        """The user withdraws the grant of an application."""
        caller = self.core.caller(request)
        if request.params["user"] != str(caller):
            body = {"status": 403, "error": "Invalid scopes", "code": "FORBIDDEN"}
            return json_response(body, 403)
        self.core.authority.revoke(caller, request.params["app"])
        self.core.changed()
        text = "Autorización eliminada"
        app_id = request.params["app"]
        return json_response({"user_id": caller, "app_id": app_id, "msg": text})

    def grants(self, request: Request) -> Response:
        """Users who allowed an application."""
        self.core.caller(request)
        app = request.params["app"]
        rows = [
            {"user_id": grant.user_id, "app_id": grant.client_id}
            for grant in self.core.authority.grants(app)
        ]
        paging = {"total": len(rows), "limit": 50, "offset": 0}
        return json_response({"paging": paging, "grants": rows})

    def profile(self, request: Request) -> Response:
        """Public profile page; the present nickname of a buyer or a past one."""
        nick = request.params["nick"]
        store = self.core.store
        for buyer in store.buyers.values():
            if buyer.nickname == nick:
                return html_response(pages.profile(buyer))
        for order in store.orders.values():
            block = order.get("buyer") or {}
            if block.get("nickname") == nick:
                return html_response(pages.profile(store.buyers[block["id"]]))
        return html_response(pages.missing(nick), 404)

    def sale(self, request: Request) -> Response:
        """Details of a sale, by order or by pack."""
        text = request.params["id"]
        number = int(text) if text.isdigit() else 0
        store = self.core.store
        with self.core.lock:
            if number in store.packs:
                ids = store.packs[number].orders
            elif number in store.orders:
                ids = [number]
            else:
                return html_response(pages.missing(text), 404)
            return html_response(pages.sale(number, [store.orders[i] for i in ids]))
