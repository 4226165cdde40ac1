#!/usr/bin/env python3
"""Whether Odoo answers, reaches its database and runs its scheduled actions.

Exit code 0 or 1, for the container's health check or any monitor:
``health.py [address]``.
"""

import json
import sys
import urllib.error
import urllib.request

ADDRESS = "http://127.0.0.1:8069"
PATHS = ("/web/health?db_server_status=1", "/channel/health")
TIMEOUT = 8.0


def problem_at(url: str) -> str | None:
    """What is wrong at an address; None when it answers that it is well."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            told = json.load(answer)
    except urllib.error.HTTPError as error:
        return f"{url}: HTTP {error.code} {error.headers.get('X-Problem', '')}".strip()
    except (OSError, ValueError) as error:
        return f"{url}: {error}"
    well = isinstance(told, dict) and told.get("status") == "pass"
    return None if well else f"{url}: {told}"


def main(arguments: list[str]) -> int:
    address = (arguments[0] if arguments else ADDRESS).rstrip("/")
    problems = [found for path in PATHS if (found := problem_at(address + path))]
    print("\n".join(problems) or "pass")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
