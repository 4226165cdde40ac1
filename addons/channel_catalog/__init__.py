from . import models, wizards
from .models.sale_channel import FLOWS


def post_init_hook(env):
    """Give the channels that were there before their flows."""
    for channel in env["sale.channel"].search([("channel_type", "!=", False)]):
        channel._ensure_flows()


def uninstall_hook(env):
    """Remove the flows of this addon with their scheduled actions, and its traces."""
    kinds = [*FLOWS, "fees_in", "listings_in", "stock_in"]
    env["sale.channel.flow"].search([("kind", "in", kinds)]).unlink()
    differences = env["sale.channel.difference"]
    differences.search([("res_model", "in", list(FLOWS.values()))]).unlink()
