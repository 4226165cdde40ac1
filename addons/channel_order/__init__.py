from . import models


def uninstall_hook(env):
    """Remove the flows of this addon with their scheduled actions."""
    env["sale.channel.flow"].search([("kind", "=", "orders_in")]).unlink()
