"""The machine: which user this is, which programs it has."""

import functools
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from .errors import DevError
from .progress import Progress

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def is_root() -> bool:
    return os.geteuid() == 0


# Prefix of short commands: killed when the thread that waits for them is killed. A
# forgotten apt-get would keep its lock.
_DIES_WITH_US = (
    ("setpriv", "--pdeathsig", "KILL", "--") if shutil.which("setpriv") else ()
)


@functools.cache
def is_debian() -> bool:
    """Debian itself: its packages can be installed by name."""
    try:
        return "\nID=debian" in "\n" + Path("/etc/os-release").read_text()
    except OSError:
        return False


def slowness() -> float:
    """How many times longer things may take now than on an idle machine."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def unprivileged_user() -> "pwd.struct_passwd | None":
    """The account that PostgreSQL runs under when we are root."""
    if not is_root():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise DevError("PostgreSQL cannot run as root and there is no user 'nobody'.")


def run_checked(command: list[str], what: str, **kwargs: object) -> str:
    """Run a short command and return its output; on failure say what failed."""
    done = subprocess.run(  # type: ignore[call-overload]
        [*_DIES_WITH_US, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        **kwargs,
    )
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-8:])
        raise DevError(f"{what} failed (exit {done.returncode}):\n{last}")
    return str(done.stdout)


def find_browser() -> str | None:
    """A Chromium or Chrome on the PATH."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def ensure_browser(progress: Progress) -> str:
    """The browser, installed first where that is possible without asking."""
    browser = find_browser()
    if browser:
        return browser
    if not (is_root() and is_debian() and shutil.which("apt-get")):
        raise DevError(
            "No browser: install Chromium so that 'chromium' is on the PATH "
            "(Debian: apt-get install chromium)."
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
    with progress.step("Installing Chromium"):
        run_checked(["apt-get", "update", "-q"], "apt-get update", env=environment)
        run_checked(install, "Installing Chromium", env=environment)
    browser = find_browser()
    if not browser:
        raise DevError("Chromium was installed but is not on the PATH.")
    return browser
