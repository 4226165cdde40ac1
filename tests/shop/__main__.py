"""What ``./dev`` asks of a shop by ``python -m shop``; answers are JSON.

``set-up URL EMAIL PASSWORD [--empty]`` makes an empty shop one that sells and prints
its keys. ``buy FILE COUNT`` waits until that many products are for sale in the shop
whose keys are in the file; then three people buy there.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from .medusa_admin import Admin
from .medusa_setup import set_up
from .medusa_shop import ARTICLES, Buyer, Keys
from .medusa_store import Visitor

PATIENCE_SECONDS = 600.0
BUYERS = (
    Buyer(),
    Buyer(
        email="nahuel.quiroga@example.com",
        first_name="Nahuel",
        last_name="Quiroga",
        document="20301112220",
        street="Pasaje del Ceibo 118",
        city="Mendoza",
        postal_code="5500",
        province="ar-m",
    ),
    Buyer(
        email="ines.aramburu@example.com",
        first_name="Inés",
        last_name="Aramburu",
        document="28456123",
        street="Avenida del Molle 2301",
        city="Salta",
        postal_code="4400",
        province="ar-a",
    ),
)


def main(command: str, *arguments: str) -> object:
    if command == "set-up":
        url, email, password, *empty = arguments
        articles = () if empty else ARTICLES
        return asdict(set_up(Admin.login(url, email, password), articles))
    path, count = arguments
    return buy(Keys(**json.loads(Path(path).read_text())), int(count))


def buy(keys: Keys, count: int) -> list[str]:
    """Three people buy and pay, unless somebody has; numbers of their orders."""
    admin, visitor = Admin.of(keys), Visitor(keys)
    present = admin.orders()
    if len(present) >= len(BUYERS):
        return [str(order["display_id"]) for order in present]
    limit = time.monotonic() + PATIENCE_SECONDS
    while len(skus := sorted(visitor.for_sale())) < count:
        if time.monotonic() > limit:
            sys.exit(f"only {len(skus)} of {count} products are for sale")
        time.sleep(1)
    numbers = []
    for position, buyer in enumerate(BUYERS[len(present) :]):
        wanted = {skus[(7 * position + n) % count]: n for n in range(1, position + 2)}
        order = visitor.buy(wanted, buyer)
        admin.capture(order["id"])
        numbers.append(str(order["display_id"]))
    return numbers


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)
