"""What each command of ``./dev`` does."""

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path

from . import bench as benchmarks
from . import demo as demonstration
from . import demo_shop
from . import i18n as catalogues
from . import lint as linters
from .errors import DevError
from .paths import DEVTOOL, ROOT, RUNTIME, remove_tree
from .postgres import PrivateServer, existing_connection
from .processes import Supervisor, is_same_process, running_commands, start_time
from .progress import Progress
from .shop import command as shops
from .system import ensure_browser
from .testing.results import SuiteResult, report
from .testing.run import TestRun
from .workspace import Workspace, ensure_python, open_workspace

STOP_SECONDS = 60.0


def demo(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    with open_workspace(progress, supervisor) as workspace:
        start = demo_shop.start if options.shop else demonstration.start
        demo = start(workspace, fresh=options.fresh, port=options.port)
        return demonstration.present(workspace, demo, once=options.once)


def shop(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    with open_workspace(progress, supervisor, addons=False) as workspace:
        return shops.run(workspace, port=options.port)


def test(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    return TestRun(options.expression, progress, supervisor).run(options.suites)


def lint(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    _source, python = ensure_python(progress)
    if options.fix:
        linters.fix(python, supervisor, progress.line)
    result = SuiteResult("lint")
    started = time.monotonic()
    linters.run(result, python, supervisor, progress.line, options.names)
    result.seconds = time.monotonic() - started
    return report([result], progress.line)


def i18n(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    with open_workspace(progress, supervisor) as workspace:
        return catalogues.run(workspace, check=options.check)


def bench(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    if options.name is None:
        for name in benchmarks.available():
            progress.line(name)
        return 0
    # With --json nothing but JSON on the standard output
    speaker = Progress(sys.stderr) if options.json else progress
    with open_workspace(speaker, supervisor) as workspace:
        lines = benchmarks.run(workspace, options.name, as_json=options.json)
    for line in lines:
        progress.line(line)
    return 0


def shell(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    with open_workspace(progress, supervisor, addons=False) as workspace:
        name = _existing_database(workspace, options.database)
        arguments = ["-d", name, "--no-http", "--log-level=warn"]
        command = workspace.odoo.command("shell", *arguments)
        return _interactive(command, workspace.odoo.environment())


def psql(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    with open_workspace(progress, supervisor, addons=False) as workspace:
        name = _existing_database(workspace, options.database)
        binaries = workspace.server.binaries.folder if workspace.server else Path()
        program = shutil.which("psql") or shutil.which("psql", path=str(binaries))
        if not program:
            raise DevError("psql not found (Debian: apt-get install postgresql-client)")
        command = [program, "-d", name, *options.arguments]
        return _interactive(command, workspace.databases.environment())


def screenshots(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    browser = ensure_browser(progress)
    with open_workspace(progress, supervisor) as workspace:
        running = demonstration.running()
        url = running["url"] if running else demonstration.start(workspace).url
        script = str(DEVTOOL / "screenshots.py")
        folder = str(ROOT / "docs" / "images")
        python = workspace.python
        command = [str(python.python), script, str(url), folder, browser]
        with progress.step("Taking pictures"):
            child = supervisor.start(
                "screenshots", [*command, *options.names], env=python.environment()
            )
            code = child.wait()
    if code:
        raise DevError("Taking the pictures failed.")
    return 0


def setup(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    with open_workspace(progress, supervisor, addons=False) as workspace:
        progress.line(f"Odoo {workspace.source.version} is ready.")
    return 0


def env(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    speaker = Progress(sys.stderr)
    with open_workspace(speaker, supervisor, addons=False) as workspace:
        if workspace.server:
            workspace.server.keep()
        values = workspace.connection.environment()
        values["ODOO_RC"] = str(workspace.odoo.write_config())
        values["PATH"] = f"{workspace.python.folder / 'bin'}:{os.environ['PATH']}"
        for name, value in values.items():
            progress.line(f"export {name}={shlex.quote(value)}")
    return 0


def stop(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    for pid, names in running_commands().items():
        started = start_time(pid)
        progress.line(f"Stopping {', '.join(names)} (process {pid})")
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        limit = time.monotonic() + STOP_SECONDS
        while started and is_same_process(pid, started) and time.monotonic() < limit:
            time.sleep(0.1)
    for name in supervisor.end_orphans():
        progress.line(f"Stopped {name}")
    server = _present_server(progress)
    if server and server.pid():
        server.stop()
        progress.line("Stopped PostgreSQL")
    return 0


def clean(options: Namespace, progress: Progress, supervisor: Supervisor) -> int:
    stop(options, progress, supervisor)
    server = _present_server(progress)
    if server:
        server.remove()
    remove_tree(RUNTIME)
    progress.line("Removed .runtime")
    return 0


def _present_server(progress: Progress) -> PrivateServer | None:
    """The private server if it was ever created; nothing is installed for this."""
    if existing_connection() or not RUNTIME.is_dir():
        return None
    return PrivateServer.if_present(progress)


def _existing_database(workspace: Workspace, name: str) -> str:
    for candidate in (name, workspace.databases.name(name)):
        if workspace.databases.exists(candidate):
            return candidate
    raise DevError(f"There is no database {name!r} (./dev demo creates 'demo').")


def _interactive(command: list[str], environment: dict[str, str]) -> int:
    """Run a program that owns the terminal; Ctrl-C is its business."""
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return subprocess.run(
            command,
            env=environment,
            check=False,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ).returncode
    finally:
        signal.signal(signal.SIGINT, previous)
