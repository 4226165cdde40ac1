"""Stamps, locks, ports, processes: what makes ``./dev`` recover."""

import io
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from devtool import paths, ports, processes, system
from devtool.errors import DevError
from devtool.locks import FileLock
from devtool.progress import Progress


def test_stamp_is_valid_for_its_key_only(tmp_path):
    assert not paths.is_stamped(tmp_path, "a")
    paths.stamp(tmp_path, "a", version="1")
    assert paths.is_stamped(tmp_path, "a")
    assert not paths.is_stamped(tmp_path, "b")


def test_damaged_state_counts_as_none(tmp_path):
    path = tmp_path / "state.json"
    for text in ("", "{", "[1]"):
        path.write_text(text)
        assert paths.read_json(path) == {}


def test_swap_replaces_and_cleans_up(tmp_path):
    for name, text in (("final", "old"), ("built", "new")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(text)
    paths.swap_into_place(tmp_path / "built", tmp_path / "final")
    assert (tmp_path / "final" / "file").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["final"]


def test_digest_of_addons_ignores_what_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "ADDONS", tmp_path)
    for folder in ("x/models", "x/tests", "x/readme"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "x/models/a.py").write_text("a")
    first = paths.digest_addons(["x"])
    (tmp_path / "x/tests/test_a.py").write_text("a")
    (tmp_path / "x/readme/DESCRIPTION.md").write_text("a")
    assert paths.digest_addons(["x"]) == first
    (tmp_path / "x/models/a.py").write_text("b")
    assert paths.digest_addons(["x"]) != first


def test_lock_excludes_and_shares(tmp_path):
    path = tmp_path / "lock"
    first, second, third = FileLock(path), FileLock(path), FileLock(path)
    assert first.acquire(shared=True)
    assert second.acquire(shared=True, blocking=False)
    assert not third.acquire(blocking=False)
    first.release()
    second.release()
    assert third.acquire(blocking=False)
    third.release()


def test_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind((ports.LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.first_free([port]) != port


def test_a_busy_machine_is_given_more_time(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    for load, factor in ((0.1, 1), (2.0, 1), (9.0, 4.5)):
        monkeypatch.setattr(os, "getloadavg", lambda load=load: (load, 0, 0))
        assert system.slowness() == factor


def test_end_reaches_the_whole_group(tmp_path):
    supervisor = processes.Supervisor(tmp_path)
    script = "sleep 60 & trap '' TERM; echo $! > pid; wait; sleep 60"
    child = supervisor.start("group", ["sh", "-c", script], cwd=tmp_path)
    limit = time.monotonic() + 10
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < limit
        time.sleep(0.02)
    inner = int((tmp_path / "pid").read_text())
    processes.end_group(child.popen.pid, grace=0.3)
    supervisor.end(child)
    assert processes.start_time(inner) is None
    assert not list(tmp_path.glob("*.json"))


def test_nothing_starts_after_the_end(tmp_path):
    supervisor = processes.Supervisor(tmp_path)
    supervisor.close()
    with pytest.raises(DevError):
        supervisor.start("late", ["true"])


def test_orphans_of_a_killed_command_end(tmp_path):
    code = (
        "import os, pathlib, subprocess, sys;"
        "from devtool.processes import Supervisor;"
        "s = Supervisor(pathlib.Path(sys.argv[1]));"
        "null = subprocess.DEVNULL;"
        "child = s.start('orphan', ['sleep', '60'], stdout=null, stderr=null);"
        "print(child.popen.pid, flush=True);"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    orphan = int(done.stdout)
    assert processes.start_time(orphan) is not None
    assert processes.Supervisor(tmp_path).end_orphans() == ["orphan"]
    assert processes.start_time(orphan) is None


def test_the_end_reaches_what_children_have_started(tmp_path):
    code = (
        "import pathlib, subprocess, sys, time;"
        "from devtool.processes import Supervisor;"
        "s = Supervisor(pathlib.Path(sys.argv[1]));"
        "null = subprocess.DEVNULL;"
        "child = s.start('inner', ['sleep', '60'], stdout=null, stderr=null);"
        "print(child.popen.pid, flush=True);"
        "time.sleep(60)"
    )
    supervisor = processes.Supervisor(tmp_path)
    command = [sys.executable, "-c", code, str(tmp_path)]
    child = supervisor.start("outer", command, cwd=paths.ROOT, stdout=subprocess.PIPE)
    inner = int(child.popen.stdout.readline())
    assert processes.start_time(inner) is not None
    supervisor.close()
    assert processes.start_time(inner) is None


def test_a_stranger_with_a_recorded_number_is_left_alone(tmp_path):
    # These tests themselves may run below ./dev, whose mark children inherit.
    unmarked = {key: text for key, text in os.environ.items() if key != processes.MARK}
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True, env=unmarked)
    try:
        facts = {"pid": stranger.pid, "started": 1, "owner": 0, "owner_started": 0}
        paths.write_json(tmp_path / f"{stranger.pid}.json", facts)
        assert processes.Supervisor(tmp_path).end_orphans() == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_children_of_a_living_command_are_left_alone(tmp_path):
    supervisor = processes.Supervisor(tmp_path)
    child = supervisor.start("mine", ["sleep", "60"])
    assert processes.Supervisor(tmp_path).end_orphans() == []
    assert child.alive
    supervisor.end_all()


def test_progress_without_a_terminal_is_plain_lines():
    stream = io.StringIO()
    progress = Progress(stream)
    with progress.step("quick"):
        progress.line("said")
    assert stream.getvalue() == "said\n"


def test_progress_reports_what_did_not_finish():
    stream = io.StringIO()
    with pytest.raises(ValueError), Progress(stream).step("work"):
        raise ValueError
    assert stream.getvalue() == "work did not finish (0 s)\n"


def test_this_process_is_itself():
    started = processes.start_time(os.getpid())
    assert started is not None
    assert processes.is_same_process(os.getpid(), started)
    assert not processes.is_same_process(os.getpid(), started + 1)
