"""What moved to ``partner_registry`` is gone from where it was."""

from odoo import SUPERUSER_ID, api

COLUMNS = ("state", "answer_id", "checked_at", "due_at", "failures", "problem")
# A scheduled action leaves the server action behind that it rests on.
GONE = (
    "ir_cron_refresh",
    "ir_cron_refresh_ir_actions_server",
    "padron_batch_own_rule",
)


def migrate(cr, version):
    names = [f"l10n_ar_padron_{name}" for name in (*COLUMNS, "proposes")]
    drops = ", ".join(f"DROP COLUMN IF EXISTS {name}" for name in names)
    cr.execute(f"ALTER TABLE res_partner {drops}")
    cr.execute("""
        DROP TABLE IF EXISTS l10n_ar_padron_batch_res_partner_rel, l10n_ar_padron_batch,
            l10n_ar_padron_review_line, l10n_ar_padron_review, l10n_ar_padron_answer
        CASCADE
    """)
    env = api.Environment(cr, SUPERUSER_ID, {})
    if old := env.ref("l10n_ar_padron.ir_cron_refresh", raise_if_not_found=False):
        now = env.ref("partner_registry.ir_cron_look_up")
        now.write(
            {
                "active": old.active,
                "interval_number": old.interval_number,
                "interval_type": old.interval_type,
            }
        )
    for name in GONE:
        if record := env.ref(f"l10n_ar_padron.{name}", raise_if_not_found=False):
            record.unlink()
