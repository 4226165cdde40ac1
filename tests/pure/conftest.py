"""Import the addons' ORM-free packages without Odoo.

``odoo``, ``odoo.addons`` and ``odoo.addons.<addon>`` are installed as bare packages
whose ``__path__`` points at ``addons/<addon>``. An addon's own ``__init__`` is never
executed, so ``from odoo.addons.channel_base.lib.errors import Retryable`` works while
anything that needs the ORM (``from odoo import models``) fails: a package imported
here is proven to be free of Odoo.
"""

import importlib.machinery
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"


def _bare_package(name: str, path: list[str]) -> types.ModuleType:
    """Register a package that has a search path and no code of its own."""
    module = types.ModuleType(name)
    spec = importlib.machinery.ModuleSpec(name, loader=None, is_package=True)
    spec.submodule_search_locations = path
    module.__spec__ = spec
    module.__path__ = path
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, module)
    return module


def _install() -> None:
    loaded = [name for name in sys.modules if name.partition(".")[0] == "odoo"]
    if loaded:
        raise RuntimeError(f"Odoo is already imported: {', '.join(sorted(loaded)[:5])}")
    _bare_package("odoo", [])
    _bare_package("odoo.addons", [])
    for manifest in sorted(ADDONS.glob("*/__manifest__.py")):
        addon = manifest.parent
        _bare_package(f"odoo.addons.{addon.name}", [str(addon)])


_install()
for folder in (ROOT, ROOT / "tests"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
