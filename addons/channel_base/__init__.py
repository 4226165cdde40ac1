from . import controllers, models, wizards
from .models.ir_cron import FLOW_CODE


def uninstall_hook(env):
    """Leave no scheduled action behind."""
    env["sale.channel.flow"].with_context(active_test=False).search([]).unlink()
    actions = env["ir.cron"].with_context(active_test=False)
    # Also those whose flow is gone: what they call will not exist any more.
    actions.search(
        [
            ("model_id.model", "=", "sale.channel.flow"),
            ("code", "=like", f"{FLOW_CODE}%"),
        ]
    ).unlink()
