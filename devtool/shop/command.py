"""``./dev shop``: the shop server alone, set up and with something to sell."""

import json
from collections.abc import Mapping
from typing import Any

from ..errors import DevError
from ..paths import TESTS
from ..ports import first_free, is_free
from ..processes import keep_alive
from ..python_env import PythonEnv
from ..system import run_checked
from ..workspace import Workspace
from .run import new_shop
from .template import EMAIL, PASSWORD

PORTS = range(9000, 9030)


def run(workspace: Workspace, port: int | None = None) -> int:
    """Serve a new shop until somebody stops it; the exit code."""
    if port and not is_free(port):
        raise DevError(f"Port {port} is taken; without --port a free one is found.")
    databases, progress = workspace.databases, workspace.progress
    port = port or first_free(PORTS)
    with new_shop(databases, workspace.supervisor, progress, port=port) as shop:
        with progress.step("Setting the shop up"):
            keys = set_up(workspace.python, shop.url)
        for line in ("", *describe(keys), "Ctrl-C stops it."):
            progress.line(line)
        return keep_alive(progress.line, (shop.child,))


def set_up(python: PythonEnv, url: str, *options: str) -> dict[str, str]:
    """Make an empty shop one that sells; its keys and ids."""
    found: dict[str, str] = ask(python, "set-up", url, EMAIL, PASSWORD, *options)
    return found


def ask(python: PythonEnv, *arguments: str) -> Any:
    """What ``python -m shop`` answers."""
    command = [str(python.python), "-m", "shop", *arguments]
    environment = {**python.environment(), "PYTHONPATH": str(TESTS)}
    return json.loads(run_checked(command, f"shop {arguments[0]}", env=environment))


def describe(keys: Mapping[str, object]) -> list[str]:
    """What a person needs to use the shop."""
    url, publishable = keys["url"], keys["publishable_key"]
    return [
        f"  Shop: {url}   person: {EMAIL}   password: {PASSWORD}",
        f"  Secret key (Admin API, the user name of Basic): {keys['secret_key']}",
        f"  Publishable key (Store API): {publishable}",
        f"  Sales channel: {keys['sales_channel_id']}   region: {keys['region_id']}",
        f"  Location: {keys['location_id']}",
        "  What it sells:",
        f"    curl -H 'x-publishable-api-key: {publishable}' \\",
        f"      '{url}/store/products?region_id={keys['region_id']}'",
        "",
    ]
