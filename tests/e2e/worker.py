"""Run functions of ``odoo_side`` in processes of their own."""

import json
import os
import select
import subprocess
import time
from typing import Any

from devtool.paths import LOGS
from devtool.testkit import Kit

START_SECONDS = 90.0
CALL_SECONDS = 180.0


class WorkerError(Exception):
    """What went wrong in the worker: the class of the exception and its text."""


class Worker:
    """One process; its registry is loaded once."""

    def __init__(self, kit: Kit, database: str, name: str = "worker"):
        LOGS.mkdir(parents=True, exist_ok=True)
        self.kit = kit
        self.log = LOGS / f"e2e-{name}-{database}.log"
        command = [os.environ["DEV_PYTHON"], "-m", "e2e.worker_process"]
        with self.log.open("w") as log:
            self.child = kit.odoo.supervisor.start(
                name,
                [*command, os.environ["DEV_ODOO_CONFIG"], database],
                env={**os.environ, **kit.databases.environment()},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def wait_ready(self) -> "Worker":
        self._read(START_SECONDS)
        return self

    def send(self, function: str, at: float = 0.0, **values: Any) -> None:
        """Ask for a call, at a moment of the wall clock; :meth:`receive` answers."""
        request = {"function": function, "values": values, "at": at}
        assert self.child.popen.stdin
        self.child.popen.stdin.write(json.dumps(request) + "\n")
        self.child.popen.stdin.flush()

    def receive(self) -> Any:
        """The answer to the last call; raises WorkerError when it failed."""
        answer = self._read(CALL_SECONDS)
        if "error" in answer:
            raise WorkerError(answer["error"])
        return answer["result"]

    def call(self, function: str, **values: Any) -> Any:
        self.send(function, **values)
        return self.receive()

    def _read(self, seconds: float) -> dict[str, Any]:
        output = self.child.popen.stdout
        assert output
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if select.select([output], [], [], 0.2)[0]:
                line = output.readline()
                if line:
                    found: dict[str, Any] = json.loads(line)
                    return found
            if not self.child.alive:
                break
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
        raise AssertionError(f"the worker does not answer, see {self.log}:\n{tail}")

    def end(self) -> None:
        self.kit.odoo.supervisor.end(self.child)


def at_once(workers: list[Worker], function: str, **values: Any) -> list[Any]:
    """Call a function in all workers at the same moment; results or WorkerErrors."""
    moment = time.time() + 0.5
    for worker in workers:
        worker.send(function, at=moment, **values)
    answers: list[Any] = []
    for worker in workers:
        try:
            answers.append(worker.receive())
        except WorkerError as error:
            answers.append(error)
    return answers
