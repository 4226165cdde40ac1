"""What the benchmarks share: the sandbox's control API, and lines of measures."""

import json
import os
import urllib.request

SANDBOX = os.environ["SANDBOX_URL"]


def report(name, value, unit, floor=None):
    """Print a measure; see ``devtool.bench``."""
    line = {"name": name, "value": round(value, 3), "unit": unit}
    if floor:
        line |= {"floor": round(floor, 3), "ratio": round(value / floor, 3)}
    print(json.dumps(line), flush=True)


def control(path, body=None, sandbox=SANDBOX):
    """A call to a sandbox's control API; with a body it is a POST."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{sandbox}/_sandbox/{path}", data)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)
