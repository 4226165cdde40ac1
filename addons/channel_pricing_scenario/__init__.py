from . import models


def post_init_hook(env):
    """Give the channels that were there before their flow."""
    for channel in env["sale.channel"].search([("channel_type", "!=", False)]):
        channel._ensure_flows()


def uninstall_hook(env):
    """Remove the flows of this addon with their scheduled actions."""
    env["sale.channel.flow"].search([("kind", "=", "pricing_out")]).unlink()
