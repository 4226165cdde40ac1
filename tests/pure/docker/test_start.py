"""The container's entry point: secrets, settings and the first start."""

from __future__ import annotations

import configparser
import importlib.util
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from devtool.paths import ROOT

SCRIPT = ROOT / "docker" / "start.py"
SECRET = "qL3x+Zp9/7Rk2Vw8="


def load() -> Any:
    spec = importlib.util.spec_from_file_location("container_start", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


start = load()
# As strong as Odoo's and as slow: one of these takes a second
FAST = start.HASHES.copy(pbkdf2_sha512__rounds=1)


@pytest.fixture(autouse=True)
def fast_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "HASHES", FAST)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A container's environment, with a program "odoo" that tells what it is given."""
    for name in ("database", "admin"):
        (tmp_path / name).write_text(f"{SECRET}{name}\n")
    program = tmp_path / "bin" / "odoo"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "odoo $*"\n')
    program.chmod(0o755)
    return {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "DATABASE_PASSWORD_FILE": str(tmp_path / "database"),
        "ADMIN_PASSWORD_FILE": str(tmp_path / "admin"),
        "ODOO_SETTINGS": str(ROOT / "odoo.conf"),
        "ODOO_RC": str(tmp_path / "odoo.conf"),
    }


def run(environ: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *command],
        env=environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


class FakeDatabase:
    """What a database holds: addons, and the administrator's password."""

    def __init__(self, addons: tuple[str, ...] = (), password: str = "") -> None:
        self.addons = {*addons}
        self.password = password
        self.superuser = False

    def is_role_superuser(self) -> bool:
        return self.superuser

    def missing_addons(self, addons: list[str]) -> list[str]:
        return [name for name in addons if name not in self.addons]

    def factory_administrator(self) -> int | None:
        return 2 if self.password == "admin" else None

    def set_password(self, user: int, password: str) -> None:
        assert user == 2
        self.password = password


class FakeOdoo:
    """A program that installs addons; the first ones bring the factory's password."""

    def __init__(self) -> None:
        self.code = 0
        self.commands: list[list[str]] = []

    def prepare(self, database: FakeDatabase, environ: dict[str, str]) -> None:
        def run_odoo(
            command: list[str], check: bool
        ) -> subprocess.CompletedProcess[str]:
            self.commands.append(command)
            if not database.addons:
                database.password = "admin"
            database.addons |= {"base", *command[-1][len("--init=") :].split(",")}
            return subprocess.CompletedProcess(command, self.code)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(start.subprocess, "run", run_odoo)
            start.prepare(database, environ)


@pytest.fixture
def odoo() -> FakeOdoo:
    return FakeOdoo()


def test_nothing_starts_without_secrets(environ, tmp_path):
    (tmp_path / "short").write_text("admin\n")
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "lines").write_text(f"{SECRET}\n{SECRET}\n")
    (tmp_path / "blank").write_text(f"{SECRET} \n")
    (tmp_path / "binary").write_bytes(b"\xff" * 20)
    for name in ("short", "empty", "lines", "blank", "binary", "missing"):
        asked = {**environ, "DATABASE_PASSWORD_FILE": str(tmp_path / name)}
        done = run(asked, "odoo", "shell")
        assert (done.returncode, done.stdout) == (1, ""), name
        assert "Odoo is not started" in done.stderr
        assert SECRET not in done.stderr
        assert not (tmp_path / "odoo.conf").exists()
    del environ["DATABASE_PASSWORD_FILE"]
    assert run(environ).returncode == 1


def test_settings_are_for_odoo_only_and_the_master_password_for_nobody(
    environ, tmp_path
):
    target = tmp_path / "odoo.conf"
    target.write_text("of an earlier start")
    target.chmod(0o644)
    done = run(environ, "odoo", "shell", "-d", "odoo")
    assert (done.returncode, done.stdout) == (0, "odoo shell -d odoo\n"), done.stderr
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    read = configparser.RawConfigParser()
    read.read(target)
    options = read["options"]
    assert options["db_password"] == f"{SECRET}database"
    assert options["admin_passwd"].startswith("$pbkdf2-sha512$")
    assert not start.HASHES.verify("admin", options["admin_passwd"])
    assert (options["list_db"], options["workers"]) == ("False", "4")
    first = options["admin_passwd"]
    run(environ, "odoo", "shell")
    read.read(target)
    assert read["options"]["admin_passwd"] != first


def test_other_programs_need_no_secret(environ):
    del environ["DATABASE_PASSWORD_FILE"]
    done = run(environ, "echo", "hello")
    assert (done.returncode, done.stdout) == (0, "hello\n")


def test_a_database_that_does_not_answer(environ, monkeypatch):
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", "1")
    with pytest.raises(start.Refused, match="does not answer"):
        start.Database("odoo", "x").wait(0)


def test_first_start(environ, odoo):
    database = FakeDatabase()
    odoo.prepare(database, environ)
    assert odoo.commands == [
        ["odoo", "--no-http", "--stop-after-init", "--init=channel_mercadolibre"]
    ]
    assert database.password == f"{SECRET}admin"
    odoo.prepare(database, environ)
    assert len(odoo.commands) == 1
    # The secret has done its work.
    del environ["ADMIN_PASSWORD_FILE"]
    odoo.prepare(database, environ)


def test_first_start_without_the_administrator_s_secret_makes_nothing(environ, odoo):
    for path in ("", environ["ODOO_RC"]):
        database = FakeDatabase()
        with pytest.raises(start.Refused):
            odoo.prepare(database, {**environ, "ADMIN_PASSWORD_FILE": path})
        assert not odoo.commands
        assert not database.addons


def test_a_start_that_was_killed_before_the_password_was_set_goes_on(environ, odoo):
    database = FakeDatabase(("base", "channel_mercadolibre"), "admin")
    with pytest.raises(start.Refused):
        odoo.prepare(database, {**environ, "ADMIN_PASSWORD_FILE": ""})
    odoo.prepare(database, environ)
    assert not odoo.commands
    assert database.password == f"{SECRET}admin"


def test_a_person_s_password_stays(environ, odoo):
    database = FakeDatabase(("base", "channel_mercadolibre"), "a person's")
    odoo.prepare(database, environ)
    assert database.password == "a person's"


def test_addons_that_are_named_later_are_installed(environ, odoo):
    database = FakeDatabase(("base", "channel_mercadolibre"), "a person's")
    environ["CHANNEL_ADDONS"] = " channel_mercadolibre, l10n_ar_padron,"
    del environ["ADMIN_PASSWORD_FILE"]
    odoo.prepare(database, environ)
    assert [command[-1] for command in odoo.commands] == ["--init=l10n_ar_padron"]


def test_an_installation_that_fails_is_not_served(environ, odoo):
    odoo.code = 255
    with pytest.raises(start.Refused, match="255"):
        odoo.prepare(FakeDatabase(), environ)


def test_a_superuser_is_told(environ, odoo, capsys):
    database = FakeDatabase(("base", "channel_mercadolibre"), "a person's")
    odoo.prepare(database, environ)
    assert "superuser" not in capsys.readouterr().err
    database.superuser = True
    odoo.prepare(database, environ)
    assert "superuser" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "server"),
    [
        (["odoo"], True),
        (["odoo", "--update=all", "--stop-after-init"], True),
        (["odoo", "shell"], False),
        (["bash"], False),
    ],
)
def test_what_starts_odoo_itself(command, server):
    assert start.is_server(command) is server
