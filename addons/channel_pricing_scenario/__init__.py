from . import models


def post_init_hook(env):
    """Give the channels that were there before their flow."""
    for channel in env["sale.channel"].search([("channel_type", "!=", False)]):
        channel._ensure_flows()


def uninstall_hook(env):
    """Remove the flows of this addon with their scheduled actions, and its traces."""
    env["sale.channel.flow"].search([("kind", "=", "pricing_out")]).unlink()
    differences = env["sale.channel.difference"]
    differences.search([("res_model", "=", "sale.channel.pricing.item")]).unlink()
