from . import models
from . import wizards


def uninstall_hook(env):
    """Remove the flows of this addon with their scheduled actions."""
    env["sale.channel.flow"].search(
        [("kind", "in", ("orders_in", "orders_answer", "orders_invoice"))]
    ).unlink()
