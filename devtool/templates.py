"""Template databases: the slow installations happen once."""

from collections.abc import Sequence

from .databases import Databases
from .errors import DevError
from .locks import setup_lock
from .odoo_server import Odoo
from .paths import ADDONS, ROOT, addon_names, digest, digest_addons
from .progress import Progress, Step

CORE = "template_core"
ADDONS_TEMPLATE = "template_addons"
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
PREGENERATE = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()\n"


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
        names = addon_names(with_tests=False)
        if not names:
            raise DevError(f"No addon in {ADDONS}.")
        core = self.core()
        key = digest(RECIPE, self.databases.note(core) or "", digest_addons(names))
        title = f"Installing {len(names)} addons"
        return self._ensure(ADDONS_TEMPLATE, key, title, core, names)

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
    ) -> str:
        name = self.databases.name(purpose)
        if self.databases.note(name) == key:
            return name
        with setup_lock(self.progress):
            if self.databases.note(name) != key:  # not built while we waited
                with self.progress.step(title) as step:
                    self._build(purpose, key, base, modules, step)
        return name

    def _build(
        self,
        purpose: str,
        key: str,
        base: str | None,
        modules: Sequence[str],
        step: Step,
    ) -> None:
        built = self.databases.name(f"{purpose}_new")
        self.databases.create(built, base)
        arguments = ["-d", built, "-i", ",".join(modules)]
        arguments += ["--no-http", "--stop-after-init"]
        self.odoo.run_checked(purpose, step.title, arguments, step)
        self._check_installed(built, modules)
        if base:
            step.note("web client")
            self._pregenerate(built)
        self.databases.publish_template(built, self.databases.name(purpose), key)

    def _pregenerate(self, database: str) -> None:
        """Build the web client's bundles, so that no request has to."""
        code, log, _output = self.odoo.run(
            "assets",
            ["-d", database, "--no-http", "--shell-interface=python"],
            subcommand="shell",
            script=PREGENERATE,
        )
        if code:
            raise DevError(f"Building the web client's bundles failed (log {log}).")

    def _check_installed(self, database: str, modules: Sequence[str]) -> None:
        question = "SELECT name FROM ir_module_module WHERE state = 'installed'"
        installed = {row[0] for row in self.databases.query(database, question)}
        missing = sorted(set(modules) - installed)
        if missing:
            raise DevError(f"Odoo did not install: {', '.join(missing)}")
