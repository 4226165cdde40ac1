from . import controllers, models


def uninstall_hook(env):
    """The channels stay, without provider, scheduled actions and secrets."""
    channels = (
        env["sale.channel"]
        .with_context(active_test=False)
        .search([("channel_type", "=", "mercadolibre")])
    )
    channels.flow_ids.unlink()
    channels.credential_ids.unlink()
    channels.write({"state": "paused"})
