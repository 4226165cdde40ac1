"""Installing where ``l10n_ar_padron`` had the certificate itself, before 19.0.1.5.0.

Tables, rows and names are the same; only whose they are changes. That has to happen
before the data of this addon are loaded, which would make everything a second time,
and before ``l10n_ar_padron`` is updated, which would delete what it no longer has.
"""

from odoo.tools import SQL

OWN = "l10n_ar_arca"
FORMER = "l10n_ar_padron"
# External ids besides those with the name of a table or column in them.
_RECORDS = (
    "access_arca_certificate_import",
    "access_arca_certificate_manager",
    "access_arca_certificate_system",
    "access_arca_ticket_system",
    "menu_arca",
    "menu_arca_certificates",
)
# Installed once, a person's since then. What is loaded at an installation would be
# written over them, so they change hands after it.
_SETTINGS = (
    "arca_certificate_company_rule",
    "ir_cron_check_expiry",
    "ir_cron_check_expiry_ir_actions_server",
)


def take_over(env):
    """Before the installation: external ids and constraints become this addon's."""
    env.cr.execute(
        SQL(
            r"""
            UPDATE ir_model_data d SET module = %(own)s
             WHERE module = %(former)s
               AND NOT EXISTS (
                   SELECT FROM ir_model_data o
                    WHERE o.module = %(own)s AND o.name = d.name
               )
               AND (name LIKE '%%l10n\_ar\_arca\_%%' OR name IN %(records)s)
               AND name NOT LIKE ALL (ARRAY['%%\_constancia\_url', '%%\_a13\_url'])
            """,
            own=OWN,
            former=FORMER,
            records=_RECORDS,
        )
    )
    env.cr.execute(
        SQL(
            r"""
            UPDATE ir_model_constraint c SET module = own.id
              FROM ir_module_module own, ir_module_module former
             WHERE own.name = %(own)s AND former.name = %(former)s
               AND c.module = former.id
               AND c.name LIKE ANY (
                   ARRAY['l10n\_ar\_arca\_%%', 'res\_company\_l10n\_ar\_arca\_%%']
               )
            """,
            own=OWN,
            former=FORMER,
        )
    )
    env.registry.clear_cache()


def keep_settings(env):
    """After the installation: what was there replaces what was made for it."""
    data = env["ir.model.data"]
    kept = data.search([("module", "=", FORMER), ("name", "in", _SETTINGS)])
    made = data.search([("module", "=", OWN), ("name", "in", kept.mapped("name"))])
    # A scheduled action goes before the server action that it rests on.
    for row in made.sorted(lambda row: row.model == "ir.actions.server"):
        env[row.model].browse(row.res_id).unlink()
    kept.module = OWN
