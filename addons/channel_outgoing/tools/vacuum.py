"""Tables of which PostgreSQL removes dead rows early."""

from odoo.tools import SQL

# Long before a fifth of the rows is dead, as is usual
EARLY = "autovacuum_vacuum_scale_factor = 0.02"


def vacuum_early(cr, table, *more):
    """Have a table vacuumed early.

    :param table: its name
    :param more: further storage parameters, as PostgreSQL writes them
    """
    cr.execute(
        SQL(
            "ALTER TABLE %s SET (%s)",
            SQL.identifier(table),
            SQL(", ".join((EARLY, *more))),
        )
    )
