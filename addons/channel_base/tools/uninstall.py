"""What a provider leaves behind."""


def leave_provider(env, channel_type):
    """A provider's uninstall hook: its channels stay, paused, without scheduled actions
    and secrets."""
    # Those of all companies
    channels = env["sale.channel"].sudo().with_context(active_test=False)
    channels = channels.search([("channel_type", "=", channel_type)])
    channels.flow_ids.unlink()
    channels.credential_ids.unlink()
    channels.write({"state": "paused"})
