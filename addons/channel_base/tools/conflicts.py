"""Work that is done again when another transaction was faster."""

import logging

import psycopg2

from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)

# No savepoint heals them: the whole transaction begins again.
CONFLICTS = (psycopg2.OperationalError, ConcurrencyError)
CONFLICT_TRIES = 4


def retry_conflicts(env, function, *args):
    """Do a unit of work, again when another transaction was faster.

    Nothing may be pending before it: a conflict rolls the transaction back.

    :param function: called with ``args``; its writes are flushed
    :return: what it returns
    :raises psycopg2.OperationalError: there were too many conflicts
    """
    tries = CONFLICT_TRIES
    while True:
        try:
            result = function(*args)
            env.flush_all()
            return result
        except CONFLICTS as error:
            env.cr.rollback()
            env.invalidate_all()
            tries -= 1
            if not tries:
                raise
            _logger.info("%s is tried again: %s", function, error)
