"""Accounts of a database from before one account belonged to one channel."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from ..lib.account import account_key, doubled

CLAIM, KEY = "account_claim", "account_key"


def mark_doubles(cr):
    """Fill the columns that the unique index stands on, so that it can be made.

    A credential whose account another channel has as well gets no key and is marked;
    of a channel's credentials the first one that has an account gets the key.
    """
    for name in (CLAIM, KEY):
        if not column_exists(cr, "sale_channel_credential", name):
            create_column(cr, "sale_channel_credential", name, "varchar")
    cr.execute(
        """
        SELECT k.id, k.channel_id, c.channel_type, k.api_url, k.account_id
          FROM sale_channel_credential k
          JOIN sale_channel c ON c.id = k.channel_id
         WHERE k.account_claim IS DISTINCT FROM 'released'
         ORDER BY k.id
        """
    )
    accounts = [
        (row_id, channel, account_key(provider or "", address or "", account or ""))
        for row_id, channel, provider, address, account in cr.fetchall()
    ]
    doubles, keys = doubled(accounts), set()
    for row_id, _channel, key in accounts:
        claim = "doubled" if row_id in doubles else "held"
        first = key and claim == "held" and key not in keys
        keys.add(key)
        cr.execute(
            SQL(
                """
                UPDATE sale_channel_credential
                   SET account_claim = %s, account_key = %s
                 WHERE id = %s
                """,
                claim,
                key if first else None,
                row_id,
            )
        )
