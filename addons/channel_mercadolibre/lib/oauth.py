"""What is MercadoLibre's own in OAuth 2: its error words, and who granted.

Source: developers.mercadolibre.com, "Authentication and authorization" (server side
flow, refresh token, error codes). A refresh token works once and dies after six months;
the access token's life differs between sites.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.oauth import (
    UNCERTAIN,
    TokenClient,
    TokenSet,
    error_word,
    whole,
)

from .secrets import TOKEN_PATTERNS

# Half of the refresh token's life, in days
IDLE_DAYS = 90


class OAuthClient(TokenClient):
    """The token endpoint; see :class:`TokenClient`.

    :raises Rejected: ``no_offline_access`` when the application may not renew by itself
    """

    fatal = TokenClient.fatal | {
        "unauthorized_application",
        "invalid_operator_user_id",
        "forbidden",
    }
    passing = frozenset({"local_rate_limited"})
    patterns = TOKEN_PATTERNS

    def _error_word(self, raw: bytes) -> str:
        # The keys of an error body are not uniform.
        return error_word(raw, ("error", "code", "message"))

    def _token_set(self, body: Any) -> TokenSet:
        found = super()._token_set(body)
        user, scope = whole(body.get("user_id")), body.get("scope")
        if not found.expires_in or not user or (scope and scope != found.scope):
            raise Retryable(UNCERTAIN)
        if not found.refresh_token:
            if "offline_access" in found.scope.split():
                raise Retryable(UNCERTAIN)
            raise Rejected(
                "no_offline_access",
                "scope",
                "the application lacks the offline_access scope",
            )
        # Ids exceed 32 bits, hence text.
        return replace(found, account_id=str(user))
