from odoo.addons.channel_base.tools.uninstall import leave_provider

from . import models
from . import wizards


def uninstall_hook(env):
    """The channels stay, without provider, scheduled actions and secrets."""
    leave_provider(env, "mercadolibre")
