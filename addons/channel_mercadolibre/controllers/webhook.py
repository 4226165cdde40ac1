import logging

import psycopg2

from odoo import http
from odoo.http import request

from odoo.addons.channel_base.lib.errors import Rejected

from ..lib import notifications
from ..models.sale_channel import NOTIFICATION_PATH

_logger = logging.getLogger(__name__)


class MercadoLibreWebhook(http.Controller):
    @http.route(
        NOTIFICATION_PATH,
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
        max_content_length=notifications.MAX_BODY,
    )
    def notify(self, **form):
        """Keep what MercadoLibre announces; it allows 500 ms.

        Whose a notification is cannot be proved, so an unknown application or
        account is answered as a known one is, and not kept: who disables a topic for
        its refusals is the service, who forges one learns nothing.
        """
        try:
            found = notifications.parse_body(self._read_body(form))
        except Rejected:
            return self._answer(400)
        try:
            kept = request.env["sale.channel.hint"].sudo()._keep_mercadolibre(found)
        except psycopg2.Error:
            _logger.warning("a notification was not kept", exc_info=True)
            request.env.cr.rollback()
            # The service repeats what is not answered 200.
            return self._answer(503)
        if not kept:
            _logger.debug("a notification of another application, account or topic")
        return self._answer(200)

    def _read_body(self, form):
        """The body; one that is labelled as a form was read as its only field."""
        return request.httprequest.get_data() or next(iter(form), "").encode()

    def _answer(self, status):
        return request.make_response("", status=status)
