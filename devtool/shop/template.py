"""The database of a shop where nothing was set up yet: made once, copied per use."""

from ..databases import Databases
from ..paths import digest
from ..progress import Progress, Step
from ..system import run_checked
from ..templates import ensure_template
from .install import Installation, packages_key
from .server import environment, make_folder, remove_folder

TEMPLATE = "template_shop"
EMAIL, PASSWORD = "admin@example.com", "admin"
# What fills an empty database: tables, their links, and a person
COMMANDS = (
    ("db:migrate", "--skip-links"),
    ("db:sync-links", "--execute-all"),
    ("user", "-e", EMAIL, "-p", PASSWORD),
)


def ensure(installation: Installation, databases: Databases, progress: Progress) -> str:
    """The template's name."""

    def fill(database: str, step: Step) -> None:
        folder = make_folder(installation, database)
        variables = environment(installation, databases.connection, database, "")
        for arguments in COMMANDS:
            step.note(arguments[0])
            command = installation.command(*arguments)
            what = f"Medusa's {arguments[0]}"
            run_checked(command, what, cwd=folder, env=variables)
        remove_folder(database)

    key = digest(packages_key(), *map(" ".join, COMMANDS))
    title = "Preparing the shop's database (once)"
    return ensure_template(
        databases, progress, TEMPLATE, key, title, fill, lock="shop-setup"
    )
