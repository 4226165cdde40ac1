"""What tells that another transaction was faster."""

import psycopg2

from odoo.exceptions import ConcurrencyError

# No savepoint heals them: the whole transaction begins again.
CONFLICTS = (psycopg2.OperationalError, ConcurrencyError)
