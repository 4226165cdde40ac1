"""Start processes in groups of their own, and end exactly those.

Each child is written down in ``.runtime/processes`` with its start time, so that a
later command recognises what a killed one left behind and never hits a stranger that
was given the same process id.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, TypeVar

from .errors import DevError, Interrupted
from .paths import LOGS, ROOT, RUNTIME, read_json, write_json
from .system import slowness

REGISTRY = RUNTIME / "processes"
GRACE_SECONDS = 15.0
POLL_SECONDS = 0.1
TAIL_LINES = 8
# Set for every child, to recognise what is left of a group whose leader is gone
MARK = "DEV_CHECKOUT"
Found = TypeVar("Found")


def start_time(pid: int) -> int | None:
    """Clock ticks at which a process started; None when there is none."""
    try:
        content = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = content.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def is_same_process(pid: int, started: int) -> bool:
    return pid > 0 and start_time(pid) == started


def is_ours(pid: int) -> bool:
    """Whether a process carries this checkout's mark in its environment."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return f"{MARK}={ROOT}".encode() in environment


def group_members(pgid: int) -> list[int]:
    """Living processes of a process group."""
    members = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == pgid and fields[0] != "Z":
                members.append(int(entry.name))
    return members


def end_group(pgid: int, grace: float = GRACE_SECONDS) -> None:
    """Ask a whole process group to end, then insist."""
    for signum, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(pgid, signum)
        except (ProcessLookupError, PermissionError):
            return
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if not group_members(pgid):
                return
            time.sleep(0.05)


class Child:
    """A process started by this command, leader of its own group."""

    def __init__(self, name: str, popen: "subprocess.Popen[str]", record: Path):
        self.name = name
        self.popen = popen
        self.record = record
        self.log = LOGS / f"{name}.log"

    @property
    def alive(self) -> bool:
        return self.popen.poll() is None

    def wait(self) -> int:
        return self.popen.wait()

    def end(self) -> None:
        # The children of the leader may outlive it: the group ends, not only the leader
        reaper = threading.Thread(target=self.popen.wait, daemon=True)
        reaper.start()
        end_group(self.popen.pid)
        reaper.join(timeout=5)
        self.record.unlink(missing_ok=True)


class Supervisor:
    """Knows every process this command started and ends them in reverse order."""

    def __init__(self, registry: Path = REGISTRY):
        self.registry = registry
        self.children: list[Child] = []
        self._lock = threading.RLock()
        self._closed = False

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: int | IO[str] | None = subprocess.DEVNULL,
        stdout: int | IO[str] | None = None,
        stderr: int | IO[str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> Child:
        with self._lock:
            if self._closed:
                raise DevError(f"Interrupted before {name}.")
            popen = subprocess.Popen(
                [str(part) for part in command],
                env={**(os.environ if env is None else env), MARK: str(ROOT)},
                cwd=cwd,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                pass_fds=pass_fds,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            record = self.registry / f"{popen.pid}.json"
            owner = os.getpid()
            facts = {
                "name": name,
                "pid": popen.pid,
                "started": start_time(popen.pid),
                "owner": owner,
                "owner_started": start_time(owner),
            }
            write_json(record, facts)
            child = Child(name, popen, record)
            self.children.append(child)
        return child

    def serve(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        pass_fds: Sequence[int] = (),
    ) -> Child:
        """Start a server; all that it says goes into a new log."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as output:
            child = self.start(
                name,
                command,
                env=env,
                cwd=cwd,
                stdout=output,
                stderr=output,
                pass_fds=pass_fds,
            )
        child.log = log
        return child

    def end(self, child: Child) -> None:
        child.end()
        with self._lock:
            if child in self.children:
                self.children.remove(child)

    def end_all(self) -> None:
        for child in reversed(list(self.children)):
            self.end(child)

    def close(self) -> None:
        """End everything, and let no other thread start anything more."""
        with self._lock:
            self._closed = True
        self.end_all()
        self.end_orphans()  # what children of ours had started

    def end_orphans(self) -> list[str]:
        """End what killed commands left running; returns their names."""
        ended = []
        for record in sorted(self.registry.glob("*.json")):
            facts = read_json(record)
            owner, owner_started = facts.get("owner", 0), facts.get("owner_started", 0)
            if is_same_process(owner, owner_started):
                continue
            pid, started = facts.get("pid", 0), facts.get("started")
            leader = start_time(pid)
            # A leader that is gone may leave members; another one is a stranger
            left = leader is None and any(map(is_ours, group_members(pid)))
            if started is not None and (leader == started or left):
                end_group(pid)
                ended.append(str(facts.get("name", pid)))
            record.unlink(missing_ok=True)
        return ended


def wait_until_started(
    child: Child, look: Callable[[], Found | None], seconds: float
) -> Found:
    """What a look at a starting server finds, as soon as it finds something.

    :param seconds: how long that may take on an idle machine
    :raises DevError: when the server ends or needs longer; with the end of its log
    """
    limit = time.monotonic() + seconds * slowness()
    while time.monotonic() < limit:
        found = look()
        if found is not None:
            return found
        if not child.alive:
            break
        time.sleep(POLL_SECONDS)
    what = "does not answer" if child.alive else "ended"
    tail = "\n".join(child.log.read_text(errors="replace").splitlines()[-TAIL_LINES:])
    raise DevError(f"{child.name} {what} (log {child.log}):\n{tail}")


def require_alive(children: Sequence[Child]) -> None:
    """Fail when a server is gone."""
    for child in children:
        if not child.alive:
            raise DevError(f"{child.name} ended unexpectedly. Log: {child.log}")


def keep_alive(say: Callable[[str], None], children: Sequence[Child]) -> int:
    """Serve until somebody stops it, which is how it should end."""
    try:
        while True:
            require_alive(children)
            time.sleep(0.5)
    except Interrupted:
        pass
    except KeyboardInterrupt:
        say("")
    return 0


def running_commands(registry: Path = REGISTRY) -> dict[int, list[str]]:
    """Living ``./dev`` commands that have children: process id and children's names."""
    found: dict[int, list[str]] = {}
    for record in sorted(registry.glob("*.json")):
        facts = read_json(record)
        owner, owner_started = facts.get("owner", 0), facts.get("owner_started", 0)
        if owner != os.getpid() and is_same_process(owner, owner_started):
            found.setdefault(owner, []).append(str(facts.get("name", "")))
    return found
