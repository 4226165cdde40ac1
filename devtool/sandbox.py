"""The sandbox: small servers that behave like a marketplace, on loopback."""

import json
import os
import re
import urllib.request
from dataclasses import dataclass

from .errors import DevError
from .paths import LOGS, ROOT, TESTS
from .ports import is_free
from .processes import Child, Supervisor, wait_until_started
from .python_env import PythonEnv

LISTENING = re.compile(r"^sandbox (\S+) listening on (http://\S+:(\d+))\s*$", re.M)
START_SECONDS = 30.0


@dataclass
class Sandbox:
    """A running sandbox."""

    child: Child
    url: str
    port: int

    @classmethod
    def start(
        cls,
        python: PythonEnv,
        supervisor: Supervisor,
        *,
        kind: str = "mercadolibre",
        seed: int = 7,
        port: int = 0,
        arguments: tuple[str, ...] = (),
    ) -> "Sandbox":
        """Start a sandbox, on the given port if it is free."""
        if not (TESTS / "sandbox").is_dir():
            raise DevError("There is no sandbox in tests/sandbox.")
        wanted = port if port and is_free(port) else 0
        command = [str(python.python), "-u", "-m", "sandbox", kind]
        command += ["--port", str(wanted), "--seed", str(seed), *arguments]
        log = LOGS / f"sandbox-{kind}-{os.getpid()}-{len(supervisor.children)}.log"
        environment = {**python.environment(), "PYTHONPATH": str(TESTS)}
        name = f"sandbox {kind}"
        child = supervisor.serve(name, command, log, env=environment, cwd=ROOT)

        def look() -> "re.Match[str] | None":
            return LISTENING.search(log.read_text(errors="replace"))

        try:
            match = wait_until_started(child, look, START_SECONDS)
        except DevError:
            supervisor.end(child)
            raise
        return cls(child, match.group(2), int(match.group(3)))

    def info(self) -> dict[str, object]:
        """What the sandbox says about itself."""
        return self._control("info", None)

    def announce_to(self, url: str) -> None:
        """Have the sandbox send its notifications to an address."""
        self._control("notifications/subscribe", json.dumps({"url": url}).encode())

    def _control(self, path: str, body: bytes | None) -> dict[str, object]:
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", body)
        with urllib.request.urlopen(request, timeout=10) as answer:
            content: dict[str, object] = json.load(answer)
        return content
