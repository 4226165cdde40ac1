#!/usr/bin/env python3
"""Entry point of the container: settings from secrets, the first start, then Odoo.

Nobody reaches an Odoo that still has a password that everybody knows: without secrets
nothing is installed, and Odoo listens only after the administrator's password is set.
"""

from __future__ import annotations

import configparser
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import psycopg2
from passlib.context import CryptContext

SETTINGS = "/etc/odoo/odoo.conf"
ADDONS = "channel_mercadolibre"
MIN_LENGTH = 12
WAIT_SECONDS = 60.0
FACTORY_PASSWORD = "admin"
# The hashes of Odoo itself: odoo/addons/base/models/res_users.py
HASHES = CryptContext(
    ["pbkdf2_sha512", "plaintext"],
    deprecated=["plaintext"],
    pbkdf2_sha512__rounds=600_000,
)
ADMINISTRATOR = """
    SELECT u.id, u.password
      FROM res_users u
      JOIN ir_model_data d ON d.model = 'res.users' AND d.res_id = u.id
     WHERE d.module = 'base' AND d.name = 'user_admin'
"""


class Refused(Exception):
    """Odoo must not be started; the text says what to do."""


def read_secret(environ: Mapping[str, str], name: str) -> str:
    """The secret in the file that a variable names.

    :raises Refused: there is none, or it can be guessed
    """
    path = environ.get(name)
    if not path:
        raise Refused(f"{name} is not set: it names the file that holds the secret.")
    try:
        value = Path(path).read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path} cannot be read: {error}") from error
    if len(value) < MIN_LENGTH:
        raise Refused(f"{path}: at least {MIN_LENGTH} characters, please.")
    if not value.isprintable() or value != value.strip():
        raise Refused(f"{path}: one line without blanks around it, please.")
    return value


def write_settings(source: Path, target: Path, password: str) -> str:
    """Odoo's configuration file with its secrets, for its own user only.

    The master password is random and nobody learns it: the pages and services that
    ask for it are off (``list_db``).

    :return: the name of the database
    """
    settings = configparser.RawConfigParser()
    settings.read_string(source.read_text())
    options = settings["options"]
    options["db_password"] = password
    if not options.get("admin_passwd"):
        options["admin_passwd"] = HASHES.hash(secrets.token_urlsafe(32))
    target.unlink(missing_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        settings.write(file)
    name = options.get("db_name", "")
    if not name or "," in name:
        raise Refused(f"{source}: db_name is the name of one database.")
    return name


class Database:
    """Odoo's database, seen from before Odoo runs. Host and role: PGHOST, PGUSER."""

    def __init__(self, name: str, password: str):
        self.name = name
        self.password = password

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows that a statement answers, in a transaction of its own."""
        connection = psycopg2.connect(dbname=self.name, password=self.password)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def wait(self, seconds: float) -> None:
        """:raises Refused: the database does not answer"""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.run("SELECT 1")
                return
            except psycopg2.OperationalError as error:
                if time.monotonic() >= deadline:
                    message = f"The database does not answer: {error}"
                    raise Refused(message) from error
            time.sleep(1)

    def is_role_superuser(self) -> bool:
        found = self.run("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(found and found[0][0])

    def missing_addons(self, addons: Sequence[str]) -> list[str]:
        """Those of the addons that are not installed."""
        if not self.run("SELECT 1 WHERE to_regclass('ir_module_module') IS NOT NULL"):
            return list(addons)
        found = self.run(
            "SELECT name FROM ir_module_module "
            "WHERE name = ANY(%s) AND state IN ('installed', 'to upgrade')",
            list(addons),
        )
        present = {name for (name,) in found}
        return [name for name in addons if name not in present]

    def factory_administrator(self) -> int | None:
        """The user with the password that everybody knows, if there is one."""
        if not self.run("SELECT 1 WHERE to_regclass('res_users') IS NOT NULL"):
            return None
        for user, stored in self.run(ADMINISTRATOR):
            if stored and HASHES.identify(stored):
                if HASHES.verify(FACTORY_PASSWORD, stored):
                    return user
        return None

    def set_password(self, user: int, password: str) -> None:
        self.run(
            "UPDATE res_users SET password = %s WHERE id = %s",
            HASHES.hash(password),
            user,
        )


def prepare(database: Database, environ: Mapping[str, str]) -> None:
    """Install what is missing and take the factory password away.

    Each step looks at what the database holds, so a start that was killed goes on
    where it ended.

    :raises Refused: a secret is missing, or the installation failed
    """
    if database.is_role_superuser():
        say("The database role is a superuser; one that owns its database is enough.")
    addons = [
        name.strip()
        for name in (environ.get("CHANNEL_ADDONS") or ADDONS).split(",")
        if name.strip()
    ]
    password = ""
    if database.missing_addons(["base"]) or database.factory_administrator():
        # Asked for before anything is made
        password = read_secret(environ, "ADMIN_PASSWORD_FILE")
    missing = database.missing_addons(addons)
    if missing:
        say(f"Installing {', '.join(missing)}; this takes some minutes.")
        options = ["--no-http", "--stop-after-init", f"--init={','.join(missing)}"]
        code = subprocess.run(["odoo", *options], check=False).returncode
        if code or database.missing_addons(missing):
            raise Refused(f"The installation failed (exit code {code}); see above.")
    user = database.factory_administrator()
    if user:
        database.set_password(user, password)
        say("The administrator has the password of the secret.")


def say(text: str) -> None:
    print(f"start: {text}", file=sys.stderr, flush=True)


def is_server(command: Sequence[str]) -> bool:
    """Whether a command starts Odoo itself, not one of its tools."""
    return command[0] == "odoo" and all(word.startswith("-") for word in command[1:2])


def main(command: list[str], environ: Mapping[str, str]) -> NoReturn:
    if not command or command[0].startswith("-"):
        command = ["odoo", *command]
    if command[0] == "odoo":
        try:
            password = read_secret(environ, "DATABASE_PASSWORD_FILE")
            source = Path(environ.get("ODOO_SETTINGS") or SETTINGS)
            name = write_settings(source, Path(environ["ODOO_RC"]), password)
            if is_server(command):
                database = Database(name, password)
                database.wait(WAIT_SECONDS)
                prepare(database, environ)
        except Refused as refusal:
            say(f"Odoo is not started. {refusal}")
            sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
