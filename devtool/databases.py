"""Create, copy and drop databases together with Odoo's files for them."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .errors import DevError
from .paths import DATA, DEVTOOL, RUNTIME, read_json, remove_tree, write_json
from .postgres import Connection
from .processes import is_same_process, start_time
from .python_env import PythonEnv

TEMPORARY = RUNTIME / "databases"
Statement = tuple[str, Sequence[object]]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


class Databases:
    """The databases of one server that belong to this checkout."""

    def __init__(self, python: PythonEnv, connection: Connection, prefix: str = ""):
        self.python = python
        self.connection = connection
        self.prefix = prefix

    def environment(self) -> dict[str, str]:
        return {**self.python.environment(), **self.connection.environment()}

    def query(self, database: str, *statements: Statement | str) -> list[list[Any]]:
        """Run statements one after the other; the rows of the last one."""
        request = {
            "database": database,
            "statements": [[s, []] if isinstance(s, str) else s for s in statements],
        }
        done = subprocess.run(
            [str(self.python.python), str(DEVTOOL / "run_sql.py")],
            input=json.dumps(request),
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DevError(f"PostgreSQL ({database}): {done.stderr.strip()}")
        rows: list[list[Any]] = json.loads(done.stdout)
        return rows

    def check(self) -> None:
        """Fail early, with the reason, when the server cannot be used."""
        version = self.query("postgres", "SHOW server_version_num")[0][0]
        if int(version) < 130000:
            raise DevError(f"PostgreSQL 13 or newer is needed, this is {version}.")

    def name(self, purpose: str) -> str:
        return f"{self.prefix}{purpose}"

    def exists(self, name: str) -> bool:
        question = "SELECT 1 FROM pg_database WHERE datname = %s"
        return bool(self.query("postgres", (question, [name])))

    def note(self, name: str) -> str | None:
        """The text kept with a database; None when there is no such database."""
        question = (
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '') "
            "FROM pg_database WHERE datname = %s"
        )
        rows = self.query("postgres", (question, [name]))
        return str(rows[0][0]) if rows else None

    def write_note(self, name: str, text: str) -> None:
        self.query("postgres", (f"COMMENT ON DATABASE {quoted(name)} IS %s", [text]))

    def create(self, name: str, template: str | None = None) -> None:
        """A new database, empty or a copy with its files."""
        source = quoted(template) if template else "template0"
        self.drop(name)
        encoding = "" if template else " ENCODING 'UTF8'"
        self.query(
            "postgres", f"CREATE DATABASE {quoted(name)} TEMPLATE {source}{encoding}"
        )
        if template and filestore(template).is_dir():
            # Files are named after their content and never rewritten: links suffice
            shutil.copytree(filestore(template), filestore(name), copy_function=os.link)

    def drop(self, name: str) -> None:
        if self.exists(name):
            self.query(
                "postgres",
                f"ALTER DATABASE {quoted(name)} IS_TEMPLATE false",
                f"DROP DATABASE {quoted(name)} WITH (FORCE)",
            )
        remove_tree(filestore(name))
        (TEMPORARY / f"{name}.json").unlink(missing_ok=True)

    def publish_template(self, built: str, name: str, note: str) -> None:
        """Make a finished database a template: copied, never connected to."""
        self.drop(name)
        if filestore(built).is_dir():
            filestore(built).rename(filestore(name))
        self.query(
            "postgres",
            f"ALTER DATABASE {quoted(built)} RENAME TO {quoted(name)}",
            f"ALTER DATABASE {quoted(name)} IS_TEMPLATE true ALLOW_CONNECTIONS false",
        )
        self.write_note(name, note)

    @contextlib.contextmanager
    def temporary(self, purpose: str, template: str | None = None) -> Iterator[str]:
        """A database that is dropped at the end, also after a kill -9."""
        name = self.name(f"{purpose}_{os.getpid()}")
        self.claim(name)
        self.create(name, template)
        self.claim(name)
        try:
            yield name
        finally:
            self.drop(name)

    def claim(self, name: str) -> None:
        owner = os.getpid()
        facts = {"owner": owner, "owner_started": start_time(owner)}
        write_json(TEMPORARY / f"{name}.json", facts)

    def drop_abandoned(self) -> list[str]:
        """Drop the temporary databases of commands that were killed."""
        dropped = []
        for record in sorted(TEMPORARY.glob("*.json")):
            facts = read_json(record)
            owner = facts.get("owner", 0), facts.get("owner_started", 0)
            if not is_same_process(*owner):
                self.drop(record.stem)
                dropped.append(record.stem)
        return dropped


def filestore(name: str) -> Path:
    return DATA / "filestore" / name
