"""Everything a command needs, set up once and released at the end."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from . import odoo_source, python_env
from .databases import Databases
from .locks import setup_lock
from .odoo_server import Odoo
from .odoo_source import OdooSource
from .paths import LOGS, ROOT, RUNTIME, digest
from .postgres import Connection, PrivateServer, existing_connection
from .processes import Supervisor
from .progress import Progress
from .python_env import PythonEnv
from .templates import Templates

KEEP_LOGS_SECONDS = 7 * 24 * 3600


@dataclass
class Workspace:
    """A ready Odoo, Python environment and database server."""

    progress: Progress
    supervisor: Supervisor
    source: OdooSource
    python: PythonEnv
    server: PrivateServer | None
    databases: Databases
    odoo: Odoo
    templates: Templates

    @property
    def connection(self) -> Connection:
        return self.databases.connection


def ensure_python(progress: Progress) -> tuple[OdooSource, PythonEnv]:
    """Odoo and the Python environment, without a database."""
    RUNTIME.mkdir(parents=True, exist_ok=True)
    with setup_lock(progress):
        source = odoo_source.ensure(progress)
        return source, python_env.ensure(source, progress)


@contextlib.contextmanager
def open_workspace(
    progress: Progress, supervisor: Supervisor, *, addons: bool = True
) -> Iterator[Workspace]:
    """Set everything up, databases included; leave nothing running at the end."""
    source, python = ensure_python(progress)
    existing = existing_connection()
    server = None
    if not existing:
        with setup_lock(progress):
            server = PrivateServer.ensure(python, progress)
        server.use()
    try:
        connection = existing or (server.connection if server else None)
        assert connection is not None
        prefix = os.environ.get(
            "DEV_DB_PREFIX", f"channel_{digest(str(ROOT))[:6]}_" if existing else ""
        )
        databases = Databases(python, connection, prefix)
        odoo = Odoo(source, databases, supervisor)
        templates = Templates(databases, odoo, progress)
        with setup_lock(progress):
            databases.check()
            _tidy_logs()
            for name in supervisor.end_orphans():
                progress.line(f"Ended what a killed command left running: {name}")
            databases.drop_abandoned()
            odoo.write_config()
        if addons:
            templates.addons()
        else:
            templates.core()
        yield Workspace(
            progress, supervisor, source, python, server, databases, odoo, templates
        )
    finally:
        supervisor.end_all()
        if server:
            server.leave()


def _tidy_logs() -> None:
    """Forget the logs of last week."""
    limit = time.time() - KEEP_LOGS_SECONDS
    for path in LOGS.glob("*"):
        if path.is_file() and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
