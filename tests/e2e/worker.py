"""Run functions of ``odoo_side`` in processes of their own."""

import json
import os
import select
import socket
import time
from typing import Any

from devtool.paths import LOGS
from devtool.processes import Child
from devtool.system import slowness
from devtool.testkit import Kit

START_SECONDS = 90.0
CALL_SECONDS = 180.0


class WorkerError(Exception):
    """What went wrong in the worker: the class of the exception and its text."""


class Worker:
    """One process that has loaded Odoo's registry."""

    def __init__(self, kit: Kit, child: Child, connection: socket.socket):
        self.kit = kit
        self.child = child
        self.log = child.log
        self.connection = connection
        self.stream = connection.makefile("rw")

    @classmethod
    def start(cls, kit: Kit, database: str, *names: str) -> "list[Worker]":
        """Processes for these names; they end together.

        The first one loads the registry, the others are forked from it.
        """
        log = LOGS / f"e2e-{names[0]}-{database}.log"
        pairs = [socket.socketpair() for _name in names]
        theirs = [pair[1].fileno() for pair in pairs]
        command = [os.environ["DEV_PYTHON"], "-m", "e2e.worker_process"]
        command += [os.environ["DEV_ODOO_CONFIG"], database, *map(str, theirs)]
        child = kit.odoo.supervisor.serve(
            names[0],
            command,
            log,
            env={**os.environ, **kit.databases.environment()},
            pass_fds=theirs,
        )
        for _ours, passed in pairs:
            passed.close()
        return [cls(kit, child, ours) for ours, _passed in pairs]

    def wait_ready(self) -> "Worker":
        self._read(START_SECONDS)
        return self

    def send(self, function: str, at: float = 0.0, **values: Any) -> None:
        """Ask for a call, at a moment of the wall clock; :meth:`receive` answers."""
        request = {"function": function, "values": values, "at": at}
        self.stream.write(json.dumps(request) + "\n")
        self.stream.flush()

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
        if select.select([self.connection], [], [], seconds * slowness())[0]:
            line = self.stream.readline()
            if line:
                found: dict[str, Any] = json.loads(line)
                return found
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
        raise AssertionError(f"the worker does not answer, see {self.log}:\n{tail}")

    def end(self) -> None:
        """End this process and those that were started with it."""
        self.stream.close()
        self.connection.close()
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
