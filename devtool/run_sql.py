"""Run SQL statements; started in the virtual environment, which has the driver.

Reads ``{"database": …, "statements": [[sql, parameters], …]}`` from standard input and
writes the rows of the last statement, as JSON. The libpq variables name the server.
"""

import json
import sys

import psycopg2


def main() -> int:
    request = json.load(sys.stdin)
    try:
        connection = psycopg2.connect(dbname=request["database"])
        connection.autocommit = True
        rows: list[tuple[object, ...]] = []
        with connection.cursor() as cursor:
            for statement, parameters in request["statements"]:
                cursor.execute(statement, parameters or None)
                rows = cursor.fetchall() if cursor.description else []
        connection.close()
    except psycopg2.Error as error:
        sys.stderr.write(str(error).strip() + "\n")
        return 1
    json.dump(rows, sys.stdout, default=str)
    return 0


if __name__ == "__main__":
    sys.exit(main())
