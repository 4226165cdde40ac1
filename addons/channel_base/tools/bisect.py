"""Bisection of work that writes records."""

from ..lib.bisect import bisect
from .conflicts import CONFLICTS


def bisect_in_savepoints(cr, records, work, on_failure):
    """As :func:`..lib.bisect.bisect`; what fails is undone by a savepoint.

    What another transaction has caused is no record's guilt and is raised: no savepoint
    heals it.
    """

    def attempt(some):
        with cr.savepoint():
            return work(some)

    return bisect(records, attempt, on_failure, passing=CONFLICTS)
