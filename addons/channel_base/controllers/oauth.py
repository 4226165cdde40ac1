from datetime import timedelta

from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.http import request
from odoo.tools import consteq

from ..lib.errors import ChannelError

STATE_MINUTES = 15
MAX_PARAMETER = 512


class ChannelOAuth(http.Controller):
    @http.route(
        "/channel/<string:provider>/callback",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def callback(self, provider, code=None, state=None, error=None, **_ignored):
        """Where a service sends the administrator back after the authorisation.

        ``state`` must be the one that the same database issued a few minutes ago,
        and works once; the service only echoes it.
        """
        handler = request.env["sale.channel"]._find_provider(provider)
        if handler is None:
            raise NotFound()
        if not request.env.user.has_group("base.group_system"):
            return self._failure(request.env._("Only administrators connect accounts."))
        credential = self._find_credential(provider, state)
        if not credential:
            return self._failure(
                request.env._(
                    "This authorisation was not started here, or too long ago. Press "
                    "Connect again."
                )
            )
        channel = credential.channel_id
        # What an authorisation begins with is the server's.
        credential.sudo().oauth_state = False
        if (
            error
            or not code
            or len(code) > MAX_PARAMETER
            or not credential.oauth_verifier
        ):
            return self._failure(handler._explain_denial(channel, error), channel)
        # The state is spent whatever happens next.
        request.env.cr.commit()  # pylint: disable=invalid-commit
        try:
            handler._finish_connection(channel, credential, code)
        except ChannelError as refusal:
            return self._failure(
                channel.env["sale.channel.text"]._describe(refusal), channel
            )
        return request.redirect(f"/odoo/sales-channels/{channel.id}")

    def _find_credential(self, provider, state):
        if not state or len(state) > MAX_PARAMETER or not state.isascii():
            return None
        limit = fields.Datetime.now() - timedelta(minutes=STATE_MINUTES)
        started = request.env["sale.channel.credential"].search(
            [
                ("channel_id.channel_type", "=", provider),
                ("oauth_state", "!=", False),
                ("oauth_started_at", ">=", limit),
            ]
        )
        return started.filtered(lambda c: consteq(c.oauth_state, state))[:1]

    def _failure(self, message, channel=None):
        return request.render(
            "channel_base.connection_failed",
            {"message": message, "channel": channel},
            status=400,
        )
