"""How far the demo's import is; started in the virtual environment.

``-m devtool.demo_report DATABASE`` prints one JSON object: orders, customers, rejected,
waiting, and whether nothing is left to do.
"""

import json
import sys

import psycopg2

from devtool.idle import unfinished

STATES = "SELECT state, count(*) FROM sale_channel_order GROUP BY state"
CUSTOMERS = (
    "SELECT count(DISTINCT partner_id) FROM sale_channel_partner "
    "WHERE partner_id IS NOT NULL"
)
EMPTY = {"orders": 0, "customers": 0, "rejected": 0, "waiting": 0}


def read(cursor: "psycopg2.extensions.cursor") -> dict[str, object]:
    """The report, from the order inbox and the buyers."""
    cursor.execute("SELECT to_regclass('sale_channel_order') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return {**EMPTY, "idle": False}
    cursor.execute(STATES)
    states = dict(cursor.fetchall())
    cursor.execute(CUSTOMERS)
    customers = cursor.fetchone()[0]
    busy = unfinished(cursor, waiting=True)
    return {
        "orders": states.get("imported", 0),
        "customers": customers,
        "rejected": states.get("rejected", 0),
        "waiting": states.get("received", 0),
        "idle": bool(states) and not busy,
    }


def main() -> int:
    connection = psycopg2.connect(dbname=sys.argv[1])
    with connection, connection.cursor() as cursor:
        json.dump(read(cursor), sys.stdout)
    connection.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
