"""Template databases: the slow installations happen once."""

from collections.abc import Callable, Sequence
from pathlib import Path

from .databases import Databases
from .errors import DevError
from .locks import setup_lock
from .odoo_server import Odoo
from .paths import (
    ADDONS,
    APART,
    DEVTOOL,
    ROOT,
    digest,
    digest_addons,
    digest_files,
    usual_names,
)
from .progress import Progress, Step

CORE = "template_core"
ADDONS_TEMPLATE = "template_addons"
TESTS_TEMPLATE = "template_tests"
APART_TEMPLATE = "template_apart"
# What our addons build upon; installing these takes by far the most time.
CORE_MODULES = (
    "base_address_extended",
    "contacts",
    "crm",
    "l10n_ar",
    "l10n_br",
    "product_brand",
    "sale_channel",
    "sale_management",
    "stock_delivery",
    "website_sale_stock",
)
RECIPE = "2"
# Run in a database whose modules are installed
PREPARE_WEB = DEVTOOL / "odoo_scripts" / "prepare_web.py"
PREPARE_TESTS = DEVTOOL / "odoo_scripts" / "prepare_tests.py"


class Templates:
    """Builds the templates when what they are made of has changed."""

    def __init__(self, databases: Databases, odoo: Odoo, progress: Progress):
        self.databases = databases
        self.odoo = odoo
        self.progress = progress

    def core(self) -> str:
        """Odoo's and OCA's modules, no data."""
        requirements = (ROOT / "requirements.txt").read_text()
        version = self.odoo.source.version
        key = digest(RECIPE, version, requirements, *CORE_MODULES)
        title = f"Installing Odoo {version} with its modules (once)"
        return self._ensure(CORE, key, title, None, CORE_MODULES)

    def addons(self) -> str:
        """The core template with this repository's addons."""
        names = usual_names(with_tests=False)
        if not names:
            raise DevError(f"No addon in {ADDONS}.")
        core = self.core()
        key = digest(RECIPE, self.databases.note(core) or "", digest_addons(names))
        title = f"Installing {len(names)} addons"
        return self._ensure(ADDONS_TEMPLATE, key, title, core, names, PREPARE_WEB)

    def tests(self) -> str:
        """The addons template with those for tests, and companies that tests find."""
        names = usual_names()
        addons = self.addons()
        helpers = sorted(ADDONS.glob("*/tests/common.py"))
        key = digest(
            RECIPE,
            self.databases.note(addons) or "",
            digest_addons(names),
            digest_files([PREPARE_TESTS, *helpers]),
        )
        title = "Installing the addons for tests"
        return self._ensure(TESTS_TEMPLATE, key, title, addons, names, PREPARE_TESTS)

    def apart(self) -> str:
        """The one for tests, with the addons that are installed apart."""
        tests = self.tests()
        key = digest(RECIPE, self.databases.note(tests) or "", digest_addons(APART))
        title = f"Installing {', '.join(APART)}"
        return self._ensure(APART_TEMPLATE, key, title, tests, APART)

    def addons_note(self) -> str:
        """Says which state of the addons their template has."""
        return self.databases.note(self.databases.name(ADDONS_TEMPLATE)) or ""

    def _ensure(
        self,
        purpose: str,
        key: str,
        title: str,
        base: str | None,
        modules: Sequence[str],
        script: Path | None = None,
    ) -> str:
        def install(database: str, step: Step) -> None:
            arguments = ["-d", database, "-i", ",".join(modules)]
            arguments += ["--no-http", "--stop-after-init"]
            self.odoo.run_checked(purpose, step.title, arguments, step)
            self._check_installed(database, modules)
            if script:
                step.note(script.stem.replace("_", " "))
                self._prepare(database, script)

        return ensure_template(
            self.databases, self.progress, purpose, key, title, install, base=base
        )

    def _prepare(self, database: str, script: Path) -> None:
        code, log, _output = self.odoo.script(script.stem, database, script, {})
        if code:
            raise DevError(f"{script.name} failed in {database} (log {log}).")

    def _check_installed(self, database: str, modules: Sequence[str]) -> None:
        question = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        installed = {row[0] for row in self.databases.query(database, question)}
        missing = sorted(set(modules) - installed)
        if missing:
            raise DevError(f"Odoo did not install: {', '.join(missing)}")


def ensure_template(
    databases: Databases,
    progress: Progress,
    purpose: str,
    key: str,
    title: str,
    fill: Callable[[str, Step], None],
    *,
    base: str | None = None,
    lock: str = "setup",
) -> str:
    """The name of a template, which is made when there is none for this key.

    :param fill: fills a new database
    :param base: template of the new database; None for an empty one
    :param lock: name of the lock under which it is made
    """
    name = databases.name(purpose)
    if databases.note(name) == key:
        return name
    with setup_lock(progress, lock):
        if databases.note(name) != key:  # not built while we waited
            with progress.step(title) as step:
                built = databases.name(f"{purpose}_new")
                databases.create(built, base)
                fill(built, step)
                databases.publish_template(built, name, key)
    return name
