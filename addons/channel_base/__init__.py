from . import models, wizards


def uninstall_hook(env):
    """Leave no scheduled action behind: its flow's table is about to go."""
    env["sale.channel.flow"].with_context(active_test=False).search([]).unlink()
