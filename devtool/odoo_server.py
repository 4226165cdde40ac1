"""Build Odoo command lines, run Odoo and wait for its web server."""

import configparser
import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from . import odoo_log
from .databases import Databases
from .errors import DevError
from .odoo_source import OdooSource
from .paths import ADDONS, CONFIG, DATA, DEVTOOL, LOGS, addon_names
from .ports import LOOPBACK, answers
from .processes import Child, Supervisor, wait_until_started
from .progress import Step

START_SECONDS = 180.0
LAUNCHER = DEVTOOL / "odoo_scripts" / "start_odoo.py"
EXTRA_ADDONS_VARIABLE = "DEV_ADDONS_PATH"


class Odoo:
    """Odoo with this checkout's addons and server."""

    def __init__(
        self, source: OdooSource, databases: Databases, supervisor: Supervisor
    ):
        self.source = source
        self.databases = databases
        self.supervisor = supervisor

    def write_config(self) -> Path:
        """The configuration file of every local Odoo; holds no password."""
        connection = self.databases.connection
        folders = [*self.source.addons_paths]
        if addon_names():
            folders.append(ADDONS)
        extra = os.environ.get(EXTRA_ADDONS_VARIABLE, "")
        folders += [Path(part).resolve() for part in extra.split(os.pathsep) if part]
        commas = [str(folder) for folder in folders if "," in str(folder)]
        if commas:
            raise DevError(f"Odoo cannot use a folder with a comma: {commas[0]}")
        config = configparser.RawConfigParser()
        config["options"] = {
            "data_dir": str(DATA),
            **connection.odoo_options(),
            "http_interface": os.environ.get("DEV_HTTP_INTERFACE", LOOPBACK),
            "limit_time_cpu": "3600",
            "limit_time_real": "3600",
            "limit_time_real_cron": "0",
            "limit_memory_hard": "0",
            "limit_memory_soft": "0",
        }
        if self.databases.python.has_addon("queue_job"):
            config["options"]["server_wide_modules"] = "base,rpc,web,queue_job"
        if folders:
            config["options"]["addons_path"] = ",".join(map(str, folders))
        DATA.mkdir(parents=True, exist_ok=True)
        temporary = CONFIG.with_name(f"odoo.conf.{os.getpid()}")
        with temporary.open("w") as stream:
            stream.write("# Written by ./dev at every start; do not edit.\n")
            config.write(stream)
        temporary.replace(CONFIG)
        return CONFIG

    def command(
        self, subcommand: str, *arguments: str, launcher: Path | None = None
    ) -> list[str]:
        """Command line of one of Odoo's commands, or of a file that stands for them."""
        python = str(self.databases.python.python)
        program = [str(launcher)] if launcher else ["-m", "odoo"]
        config = ["-c", str(CONFIG)]
        return [python, *program, *subcommand.split(), *config, *arguments]

    def environment(self, **extra: str) -> dict[str, str]:
        return {**self.databases.environment(), **extra}

    def run(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        subcommand: str = "server",
        script: str | None = None,
        env: dict[str, str] | None = None,
        launcher: Path | None = None,
        on_record: Callable[[odoo_log.Record], None] | None = None,
    ) -> tuple[int, Path, str]:
        """Run Odoo to its end; exit code, log file and what it printed."""
        log = LOGS / f"{name}.log"
        printed = LOGS / f"{name}.out"
        log.parent.mkdir(parents=True, exist_ok=True)
        command = self.command(subcommand, *arguments, launcher=launcher)
        with log.open("w") as errors, printed.open("w") as output:
            child = self.supervisor.start(
                name,
                command,
                env=self.environment(**(env or {})),
                stdin=subprocess.PIPE if script is not None else subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
            )
            if script is not None and child.popen.stdin:
                child.popen.stdin.write(script)
                child.popen.stdin.close()
            with log.open(errors="replace") as reader:
                _follow(child, reader, on_record)
        code = child.wait()
        self.supervisor.end(child)
        return code, log, printed.read_text(errors="replace")

    def run_checked(
        self, name: str, what: str, arguments: Sequence[str], step: Step | None = None
    ) -> Path:
        """Run Odoo and raise with the errors of its log when it fails."""

        def on_record(entry: odoo_log.Record) -> None:
            loading = odoo_log.LOADING.match(entry.text)
            if loading and step:
                step.note(f"module {loading['at']} of {loading['of']}")

        code, log, _output = self.run(name, arguments, on_record=on_record)
        with log.open(errors="replace") as lines:
            entries = list(odoo_log.records(lines))
        found = odoo_log.problems(entries)
        if code or found:
            last = found[:3] or entries[-1:]
            details = "\n".join(entry.short() for entry in last)
            raise DevError(f"{what} failed (exit {code}, log {log}):\n{details}")
        return log

    def script(
        self, name: str, database: str, path: Path, env: dict[str, str]
    ) -> tuple[int, Path, str]:
        """Run a Python file with ``env`` and ``self`` as in ``odoo shell``."""
        text = (
            f"__file__ = {str(path)!r}\n"
            "exec(compile(open(__file__).read(), __file__, 'exec'), globals())\n"
        )
        arguments = ["-d", database, "--no-http", "--shell-interface=python"]
        return self.run(name, arguments, subcommand="shell", script=text, env=env)

    def serve(self, name: str, database: str, port: int, *arguments: str) -> Child:
        """Start the web server of one database, with its scheduled actions."""
        filters = ["-d", database, f"--db-filter=^{re.escape(database)}$"]
        options = [*filters, f"--http-port={port}", "--max-cron-threads=2"]
        command = self.command("server", *options, *arguments, launcher=LAUNCHER)
        log = LOGS / f"{name}.log"
        return self.supervisor.serve(name, command, log, env=self.environment())


def _follow(
    child: Child,
    reader: TextIO,
    on_record: Callable[[odoo_log.Record], None] | None,
) -> None:
    """Read a growing log until its writer ends."""
    partial = ""
    while True:
        alive = child.alive
        *lines, partial = (partial + reader.read()).split("\n")
        for line in lines:
            entry = next(odoo_log.records([line]))
            if on_record and entry.level:
                on_record(entry)
        if not alive:
            return
        time.sleep(0.1)


def wait_until_ready(child: Child, url: str) -> None:
    """Wait for the web client, which also builds its bundles once."""
    wait_until_started(child, lambda: answers(f"{url}/web/health"), START_SECONDS)


def warm_up(url: str) -> None:
    """Request the login page's bundles one by one: together they would collide."""
    opener = urllib.request.build_opener()
    with opener.open(f"{url}/web/login", timeout=120) as answer:
        page = answer.read().decode(errors="replace")
    for path in re.findall(r'(?:src|href)="(/web/assets/[^"]+)"', page):
        with opener.open(url + path.replace("&amp;", "&"), timeout=120) as answer:
            answer.read()
