"""Command line: ``python -m sandbox <service> [options]``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable

from .clock import parse_moment
from .http import HttpSandbox
from .mercadolibre import MercadoLibreSandbox
from .mercadolibre.scenarios import SCENARIOS


def _mercadolibre(options: argparse.Namespace) -> HttpSandbox:
    return MercadoLibreSandbox(
        seed=options.seed,
        scenario=options.scenario,
        orders=options.orders,
        days=options.days,
        now=parse_moment(options.now) if options.now else None,
        frozen=options.frozen,
        host=options.host,
        port=options.port,
        state_file=options.state_file,
    )


def _add_mercadolibre(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="demo")
    parser.add_argument("--orders", type=int, help="how many orders")
    parser.add_argument("--days", type=int, help="days the orders are spread over")
    parser.set_defaults(make=_mercadolibre)


def _arca(options: argparse.Namespace) -> HttpSandbox:
    # The other services need nothing but the standard library.
    from .arca import ArcaSandbox

    return ArcaSandbox(
        seed=options.seed,
        scenario=options.scenario,
        now=parse_moment(options.now) if options.now else None,
        frozen=options.frozen,
        host=options.host,
        port=options.port,
        state_file=options.state_file,
    )


def _medusa(options: argparse.Namespace) -> HttpSandbox:
    from .medusa import MedusaSandbox

    return MedusaSandbox(
        seed=options.seed,
        now=parse_moment(options.now) if options.now else None,
        frozen=options.frozen,
        host=options.host,
        port=options.port,
    )


def _add_medusa(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(make=_medusa)


def _add_arca(parser: argparse.ArgumentParser) -> None:
    choices = ("profiles", "demo")
    parser.add_argument("--scenario", choices=choices, default="profiles")
    parser.set_defaults(make=_arca)


#: Options of each service.
SERVICES: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "arca": _add_arca,
    "medusa": _add_medusa,
    "mercadolibre": _add_mercadolibre,
}


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    services = parser.add_subparsers(dest="service", required=True)
    for name, add_options in SERVICES.items():
        service = services.add_parser(name)
        service.add_argument("--host", default="127.0.0.1")
        service.add_argument("--port", type=int, default=0)
        service.add_argument("--seed", type=int, default=7)
        service.add_argument("--now", help="starting time, ISO 8601")
        service.add_argument("--frozen", action="store_true", help="stopped clock")
        service.add_argument("--state-file", help="keep the state across restarts")
        add_options(service)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT."""
    options = _parse(sys.argv[1:] if arguments is None else arguments)
    service: HttpSandbox = options.make(options)
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_args: done.set())
    service.start()
    print(f"sandbox {service.name} listening on {service.url}", flush=True)
    while not done.wait(3600):
        pass
    service.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
