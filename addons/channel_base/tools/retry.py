"""Work that is done again when another transaction was faster."""

import logging

import psycopg2

from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)

CONFLICT_TRIES = 4


def retry_conflicts(env, function, *args):
    """Do a unit of work again after a conflict with another transaction.

    Nothing may be pending before it: a conflict rolls the transaction back.

    :raises psycopg2.OperationalError: there were too many conflicts
    """
    for attempt in range(1, CONFLICT_TRIES + 1):
        try:
            result = function(*args)
            env.flush_all()
        except (psycopg2.OperationalError, ConcurrencyError) as error:
            env.cr.rollback()
            env.invalidate_all()
            if attempt == CONFLICT_TRIES:
                raise
            _logger.info("tried again: %s", error)
            continue
        return result
    return None
