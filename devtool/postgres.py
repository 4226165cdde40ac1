"""A private PostgreSQL server for this checkout, or an existing one.

The private server listens on a socket only. It is started when a command needs it and
stopped by the last command that used it, unless it was already there before.
"""

import os
import pwd
import shlex
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import pg_binaries
from .errors import DevError
from .locks import FileLock
from .paths import ROOT, RUNTIME, digest, read_json, remove_tree, write_json
from .pg_binaries import PgBinaries
from .progress import Progress
from .python_env import PythonEnv
from .system import unprivileged_user

MODES = ("private", "wheel", "existing")
PORT = 5432
SUPERUSER = "odoo"
# Everything in this server can be rebuilt: speed before durability.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "jit": "off",
    "log_min_messages": "warning",
}


@dataclass(frozen=True)
class Connection:
    """How to reach the server; the variables are libpq's own, Odoo reads them too."""

    host: str
    user: str
    port: str = ""
    password: str = ""

    def environment(self) -> dict[str, str]:
        values = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
        return {name: value for name, value in values.items() if value}

    def odoo_options(self) -> dict[str, str]:
        """Options of Odoo's configuration file; the password is not among them."""
        values = {"db_host": self.host, "db_port": self.port, "db_user": self.user}
        return {name: value for name, value in values.items() if value}


def existing_connection() -> Connection | None:
    """The server to use instead of a private one, from the environment."""
    mode = os.environ.get("DEV_POSTGRES", "private")
    if mode not in MODES:
        raise DevError(f"DEV_POSTGRES is one of {', '.join(MODES)}, not {mode!r}.")
    if mode != "existing":
        return None
    return Connection(
        host=os.environ.get("PGHOST", ""),
        port=os.environ.get("PGPORT", ""),
        user=os.environ.get("PGUSER", pwd.getpwuid(os.geteuid()).pw_name),
        password=os.environ.get("PGPASSWORD", ""),
    )


class PrivateServer:
    """The cluster of this checkout."""

    def __init__(self, binaries: PgBinaries, progress: Progress):
        self.progress = progress
        self.account = unprivileged_user()
        self.home = _home(self.account)
        self.users = FileLock(RUNTIME / "postgres-users.lock")
        self.starting = FileLock(RUNTIME / "postgres-start.lock")
        self.started = RUNTIME / "postgres-started.json"
        self.binaries = self._reachable(binaries)
        self.data = self.home / self.binaries.cluster_name
        self.sockets = _socket_folder(self.account)
        self.log = self.home / f"{self.binaries.cluster_name}.log"

    @classmethod
    def ensure(cls, python: PythonEnv, progress: Progress) -> "PrivateServer":
        """The server, with its programs installed if there are none."""
        return cls(pg_binaries.find(python, progress), progress)

    @classmethod
    def if_present(cls, progress: Progress) -> "PrivateServer | None":
        """The server if its programs are there; installs nothing."""
        binaries = pg_binaries.find_present()
        return cls(binaries, progress) if binaries else None

    @property
    def connection(self) -> Connection:
        return Connection(host=str(self.sockets), user=SUPERUSER)

    def use(self) -> None:
        """Start the server if it is not running, and count as one of its users."""
        self.users.acquire(shared=True)
        with self.starting:
            if self.answers():
                return
            self._create()
            with self.progress.step("Starting PostgreSQL"):
                self._start()
            write_json(self.started, {"pid": self.pid()})

    def leave(self) -> None:
        """Stop the server if a command started it and nobody else uses it."""
        with self.starting:
            ours = read_json(self.started).get("pid") == self.pid()
            if ours and self.users.acquire(blocking=False):
                self.stop()
        self.users.release()

    def keep(self) -> None:
        """Leave the server running after this command and the following ones."""
        self.started.unlink(missing_ok=True)

    def stop(self) -> None:
        if self.pid():
            self._pg_ctl("stop", "-m", "fast", "-w", what="Stopping PostgreSQL")
        self.started.unlink(missing_ok=True)

    def remove(self) -> None:
        self.stop()
        remove_tree(self.home)
        remove_tree(self.sockets)

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self.sockets / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return True

    def pid(self) -> int | None:
        """Process id of the running server."""
        try:
            first = (self.data / "postmaster.pid").read_text().splitlines()[0]
            command = Path(f"/proc/{int(first)}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return int(first) if os.fsencode(self.data) in command else None

    def _create(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        built = self.data.with_name(f"{self.data.name}.new")
        remove_tree(built)
        command = [str(self.binaries.folder / "initdb"), "-D", str(built)]
        command += ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        with self.progress.step("Creating the PostgreSQL cluster"):
            try:
                self._run([*command, "--locale=C.UTF-8"], "initdb")
            except DevError:
                remove_tree(built)
                self._run([*command, "--locale=C"], "initdb")
        built.rename(self.data)

    def _start(self) -> None:
        settings = {**SETTINGS, "unix_socket_directories": str(self.sockets)}
        options = " ".join(
            f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items()
        )
        if self.pid():  # alive and silent: its socket was cleaned away
            self._pg_ctl("stop", "-m", "fast", "-w", what="Stopping PostgreSQL")
        # A killed server's notes; its number may be taken by a stranger or a zombie
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for path in self.sockets.glob(".s.PGSQL.*"):
            path.unlink(missing_ok=True)
        what = f"Starting PostgreSQL (log: {self.log})"
        try:
            self._pg_ctl("start", "-w", "-l", str(self.log), "-o", options, what=what)
        except DevError as error:
            tail = self.log.read_text(errors="replace").splitlines()[-5:]
            raise DevError("\n".join([str(error), *tail])) from error

    def _pg_ctl(self, action: str, *arguments: str, what: str) -> None:
        program = str(self.binaries.folder / "pg_ctl")
        self._run([program, action, "-D", str(self.data), *arguments], what)

    def _run(self, command: list[str], what: str) -> None:
        # Output to a file: the server would keep a pipe open for ever
        with tempfile.TemporaryFile(mode="w+") as output:
            done = subprocess.run(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                check=False,
                **_as_account(self.account),
            )
            output.seek(0)
            text = output.read().strip()
        if done.returncode:
            tail = "\n".join(text.splitlines()[-6:])
            raise DevError(f"{what} failed:\n{tail}")

    def _reachable(self, found: PgBinaries) -> PgBinaries:
        """Copy the wheel's programs to where the server's account can read them."""
        if not found.from_wheel or self.home.parent == RUNTIME:
            return found
        copy = self.home / f"programs-{found.major}"
        if not copy.exists():
            built = copy.with_name(f"{copy.name}.new")
            remove_tree(built)
            shutil.copytree(pg_binaries.WHEEL_HOME, built, symlinks=True)
            built.rename(copy)
        folder = copy / found.folder.relative_to(pg_binaries.WHEEL_HOME)
        return PgBinaries(folder, found.major, from_wheel=True)


def _home(account: "pwd.struct_passwd | None") -> Path:
    """Folder of the cluster: ours, or one that the server's account can enter."""
    home = RUNTIME / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    if account is None:
        return home
    os.chown(home, account.pw_uid, account.pw_gid)
    enter = ["/bin/sh", "-c", 'cd "$0"', str(home)]
    if _succeeds(enter, account):
        return home
    outside = Path("/var/tmp") / f"devpg-{digest(str(ROOT))[:10]}"
    outside.mkdir(mode=0o755, exist_ok=True)
    if outside.stat().st_uid not in (0, account.pw_uid):
        raise DevError(f"{outside} belongs to somebody else.")
    os.chown(outside, account.pw_uid, account.pw_gid)
    return outside


def _socket_folder(account: "pwd.struct_passwd | None") -> Path:
    """A short path, because a socket's name has 107 bytes at most."""
    owner = account.pw_uid if account else os.geteuid()
    base = Path("/tmp")
    name = f"devpg-{digest(str(ROOT))[:10]}"
    for folder in (base / name, base / f"{name}-{owner}"):
        try:
            folder.mkdir(mode=0o700)
            os.chown(folder, owner, account.pw_gid if account else os.getegid())
        except FileExistsError:
            pass
        if folder.stat().st_uid == owner and not folder.is_symlink():
            return folder
    raise DevError(f"{base / name} belongs to somebody else.")


def _as_account(account: "pwd.struct_passwd | None") -> dict[str, Any]:
    if account is None:
        return {}
    return {
        "user": account.pw_uid,
        "group": account.pw_gid,
        "extra_groups": os.getgrouplist(account.pw_name, account.pw_gid),
    }


def _succeeds(command: list[str], account: "pwd.struct_passwd") -> bool:
    done = subprocess.run(
        command, capture_output=True, check=False, cwd="/", **_as_account(account)
    )
    return bool(done.returncode == 0)
