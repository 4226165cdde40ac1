import logging

import psycopg2
from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request

from ..lib.errors import STUMBLES, Rejected
from ..lib.hint import MAX_BODY

_logger = logging.getLogger(__name__)


class ChannelWebhook(http.Controller):
    @http.route(
        "/channel/<string:provider>/notifications",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=MAX_BODY,
    )
    def notify(self, provider, **form):
        """Keep what a service announces, within milliseconds.

        Whose a notification is cannot be proved, so an unknown application or account,
        and a wrong signature, are answered as a known one is, and not kept: who
        disables a topic for its refusals is the service, who forges one learns nothing.
        """
        # A service that notifies has not logged in.
        handler = request.env["sale.channel"].sudo()._find_provider(provider)
        if handler is None:
            raise NotFound()
        headers, body = request.httprequest.headers, self._read_body(form)
        try:
            found = handler._read_notification(headers, body)
        except Rejected:
            return self._answer(400)
        except STUMBLES as error:
            # Without a traceback: anybody may send anything, as often as they like.
            _logger.info(
                "a notification to %s is unreadable: %s", provider, type(error).__name__
            )
            return self._answer(400)
        if found is None:
            raise NotFound()
        try:
            kept = self._keep(provider, found, headers, body)
        except psycopg2.Error:
            _logger.warning("a notification was not kept", exc_info=True)
            request.env.cr.rollback()
            # The service repeats what is not answered 200.
            return self._answer(503)
        if not kept:
            _logger.debug("a notification of another application, account or topic")
        return self._answer(200)

    def _keep(self, provider, found, headers, body):
        # Hints are the server's.
        hints = request.env["sale.channel.hint"].sudo()
        return hints._keep_notification(provider, found, headers, body)

    def _read_body(self, form):
        """The body; one that is labelled as a form was read as its only field."""
        return request.httprequest.get_data() or next(iter(form), "").encode()

    def _answer(self, status):
        return request.make_response("", status=status)
