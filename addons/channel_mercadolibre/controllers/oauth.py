from datetime import timedelta

from odoo import fields, http
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.channel_base.lib.errors import ChannelError

from ..models.sale_channel import CALLBACK_PATH

STATE_MINUTES = 15
MAX_PARAMETER = 512


class MercadoLibreOAuth(http.Controller):
    @http.route(CALLBACK_PATH, type="http", auth="user", methods=["GET"])
    def callback(self, code=None, state=None, error=None, **_ignored):
        """Where MercadoLibre sends the administrator back.

        ``state`` must be the one that the same database issued a few minutes ago,
        and works once; MercadoLibre itself does not check it.
        """
        if not request.env.user.has_group("base.group_system"):
            return self._failure(request.env._("Only administrators connect accounts."))
        credential = self._find_credential(state)
        if not credential:
            return self._failure(
                request.env._(
                    "This authorisation was not started here, or too long ago. Press "
                    "Connect again."
                )
            )
        channel = credential.channel_id
        verifier = credential.oauth_verifier
        credential.sudo().oauth_state = False
        if error or not code or len(code) > MAX_PARAMETER or not verifier:
            return self._failure(self._explain(error), channel)
        # The state is spent whatever happens next.
        request.env.cr.commit()  # pylint: disable=invalid-commit
        try:
            channel._finish_mercadolibre_connection(credential, code)
        except ChannelError as refusal:
            return self._failure(channel._describe_error(refusal), channel)
        return request.redirect(f"/odoo/sales-channels/{channel.id}")

    def _find_credential(self, state):
        if not state or len(state) > MAX_PARAMETER or not state.isascii():
            return None
        limit = fields.Datetime.now() - timedelta(minutes=STATE_MINUTES)
        started = request.env["sale.channel.credential"].search(
            [("oauth_state", "!=", False), ("oauth_started_at", ">=", limit)]
        )
        return started.filtered(lambda c: consteq(c.oauth_state, state))[:1]

    def _explain(self, error):
        if error == "invalid_operator_user_id":
            return request.env._(
                "A collaborator cannot grant access: log in to MercadoLibre as the "
                "owner of the account."
            )
        return request.env._("MercadoLibre did not grant access.")

    def _failure(self, message, channel=None):
        return request.render(
            "channel_mercadolibre.oauth_failed",
            {"message": message, "channel": channel},
            status=400,
        )
