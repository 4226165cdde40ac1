"""For end-to-end tests and benchmarks: databases, Odoo and the sandbox, real ones.

``./dev`` passes what is needed through the environment (see ``environment``), so that a
test only writes ``from devtool.testkit import Kit`` and ``Kit.from_environment()``.
"""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from .databases import Databases
from .odoo_server import Odoo
from .odoo_source import OdooSource
from .paths import CONFIG, DATA, ROOT, TESTS
from .ports import any_free
from .postgres import Connection
from .processes import Child, Supervisor
from .python_env import PythonEnv
from .sandbox import Sandbox
from .system import find_browser
from .templates import ADDONS_TEMPLATE

if TYPE_CHECKING:
    from .workspace import Workspace


def environment(workspace: "Workspace") -> dict[str, str]:
    """Variables that describe a workspace to the processes of a test run."""
    databases = workspace.databases
    python = databases.python
    old = os.environ.get("PYTHONPATH", "")
    paths = [str(ROOT), str(TESTS), *([old] if old else [])]
    return {
        **databases.environment(),
        "PYTHONPATH": os.pathsep.join(paths),
        "DEV_ROOT": str(ROOT),
        "DEV_PYTHON": str(python.python),
        "DEV_VENV": str(python.folder),
        "DEV_ODOO": json.dumps([str(python.python), "-m", "odoo"]),
        "DEV_ODOO_CONFIG": str(CONFIG),
        "DEV_ODOO_DATA": str(DATA),
        "DEV_ODOO_VERSION": workspace.source.version,
        "DEV_TEMPLATE_DB": databases.name(ADDONS_TEMPLATE),
        "DEV_DB_PREFIX": databases.prefix,
        "DEV_BROWSER": find_browser() or "",
    }


class Kit:
    """What a test needs to work with real processes."""

    def __init__(self, databases: Databases, odoo: Odoo, template: str):
        self.databases = databases
        self.odoo = odoo
        self.template = template

    @classmethod
    def from_environment(cls) -> "Kit":
        """The workspace described by ``environment``."""
        values = os.environ
        python = PythonEnv(Path(values["DEV_VENV"]))
        connection = Connection(
            host=values.get("PGHOST", ""),
            port=values.get("PGPORT", ""),
            user=values.get("PGUSER", ""),
            password=values.get("PGPASSWORD", ""),
        )
        databases = Databases(python, connection, values.get("DEV_DB_PREFIX", ""))
        source = OdooSource(Path(), (), values["DEV_ODOO_VERSION"])
        odoo = Odoo(source, databases, Supervisor())
        return cls(databases, odoo, values["DEV_TEMPLATE_DB"])

    def serve(self, name: str, database: str, *arguments: str) -> tuple[Child, str]:
        """Start Odoo on a free port; the process and its address."""
        port = any_free()
        child = self.odoo.serve(name, database, port, *arguments)
        return child, f"http://127.0.0.1:{port}"

    def sandbox(self, kind: str = "mercadolibre", seed: int = 7) -> Sandbox:
        """Start a sandbox of its own for a test."""
        return Sandbox.start(
            self.databases.python, self.odoo.supervisor, kind=kind, seed=seed
        )

    def close(self) -> None:
        self.odoo.supervisor.close()
