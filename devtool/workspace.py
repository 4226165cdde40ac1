"""Everything a command needs, set up once and released at the end."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

from . import odoo_source, python_env
from .databases import Databases
from .locks import FileLock
from .odoo_server import Odoo
from .odoo_source import OdooSource
from .paths import ROOT, RUNTIME, digest
from .postgres import Connection, PrivateServer, existing_connection
from .processes import Supervisor
from .progress import Progress
from .python_env import PythonEnv
from .templates import Templates


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


@contextlib.contextmanager
def setup_lock(progress: Progress) -> Iterator[None]:
    """Held while something is installed; a second setup waits for the first."""
    lock = FileLock(RUNTIME / "setup.lock")
    waiting = "Waiting for another ./dev to finish its setup …"
    lock.acquire(on_wait=lambda: progress.line(waiting))
    try:
        yield
    finally:
        lock.release()


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
    server = None if existing else PrivateServer.ensure(python, progress)
    if server:
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
