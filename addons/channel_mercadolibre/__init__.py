from . import models


def uninstall_hook(env):
    """The channels stay, without provider, scheduled actions and secrets."""
    env["sale.channel"]._leave_provider("mercadolibre")
