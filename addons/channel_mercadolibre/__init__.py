from . import controllers, models


def uninstall_hook(env):
    """The channels stay, without a provider and without scheduled actions."""
    channels = (
        env["sale.channel"]
        .with_context(active_test=False)
        .search([("channel_type", "=", "mercadolibre")])
    )
    channels.flow_ids.unlink()
    channels.write({"state": "paused"})
