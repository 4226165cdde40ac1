"""How far the demo's import is; started in the virtual environment.

``demo_report.py DATABASE`` prints one JSON object: orders, customers, rejected,
waiting, and whether nothing is left to do.
"""

import json
import sys

import psycopg2

STATES = "SELECT state, count(*) FROM sale_channel_order GROUP BY state"
CUSTOMERS = (
    "SELECT count(DISTINCT partner_id) FROM sale_channel_partner "
    "WHERE partner_id IS NOT NULL"
)
# A row is at rest when nothing will happen to it by itself, or when it waits for data
# that the channel still prepares; a channel, when it has finished a search.
BUSY = (
    "SELECT (SELECT count(*) FROM sale_channel_order WHERE sync_state = 'pending' "
    "AND error_code IS DISTINCT FROM 'incomplete') + "
    "(SELECT count(*) FROM sale_channel_flow f LEFT JOIN sale_channel_flow_state s "
    "ON s.flow_id = f.id WHERE f.enabled "
    "AND (s.last_success_at IS NULL OR s.retry_at IS NOT NULL))"
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
    cursor.execute(BUSY)
    busy = cursor.fetchone()[0]
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
