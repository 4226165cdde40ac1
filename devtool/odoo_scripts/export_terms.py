"""Export the terms of addons as templates; run in Odoo's shell.

``TERMS_ADDONS`` names the addons, ``TERMS_FOLDER`` is where the files go.
"""

import os
from pathlib import Path

from odoo.tools.translate import trans_export

folder = Path(os.environ["TERMS_FOLDER"])
for name in os.environ["TERMS_ADDONS"].split(","):
    with (folder / f"{name}.pot").open("wb") as stream:
        trans_export(None, [name], stream, "po", env)  # noqa: F821 - the shell's
