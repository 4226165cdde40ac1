"""Which database this is, and the address that it keeps."""

from odoo.tools import SQL

FREEZE = "web.base.url.freeze"


def find_place(cr):
    """Which database of which server this is: another one for each restored dump and
    each copy, although these keep the uuid. Empty where the server does not tell. A
    copy of the server's files as a whole cannot be told from it.
    """
    cr.execute(SQL("SELECT has_function_privilege('pg_control_system()', 'EXECUTE')"))
    if not cr.fetchone()[0]:
        return ""
    cr.execute(
        SQL(
            """
            SELECT system_identifier || '/' || oid
              FROM pg_control_system(), pg_database
             WHERE datname = current_database()
            """
        )
    )
    return cr.fetchone()[0]


def keep_base_url(env):
    """Something outside knows Odoo's address now: no login may move it any more.

    Odoo takes it over from each login of an administrator, that is, from headers that
    anybody can send to a proxy that lets them through.
    """
    # Who connects an account need not be a system administrator.
    parameters = env["ir.config_parameter"].sudo()
    if not parameters.get_param(FREEZE):
        parameters.set_param(FREEZE, "True")
