"""What ARCA said and who is looked up become rows of ``partner_registry``.

Answers keep their ids, because invoices and decisions name them. Nothing becomes due
that was not. Who was held stays held.
"""

from stdnum.ar import cuit

from odoo.exceptions import UserError
from odoo.tools import sql

ANSWERS = "l10n_ar_padron_answer"
BATCHES = "l10n_ar_padron_batch"


def migrate(cr, version):
    if sql.table_exists(cr, ANSWERS):
        _move_answers(cr)
    if sql.column_exists(cr, "res_partner", "l10n_ar_padron_state"):
        _make_registrations(cr)
        if sql.table_exists(cr, BATCHES):
            _move_batches(cr)


def _move_answers(cr):
    """:raises UserError: an id is that of another registry's finding"""
    cr.execute("""
        SELECT a.id FROM l10n_ar_padron_answer a
          JOIN partner_registration_finding f USING (id)
         WHERE f.registry != 'arca'
         ORDER BY a.id LIMIT 10
    """)
    if taken := [str(row) for (row,) in cr.fetchall()]:
        raise UserError(
            "ARCA's answers cannot keep their ids, which invoices name: findings of "
            f"another registry have them ({', '.join(taken)}). Upgrade before another "
            "registry is installed."
        )
    cr.execute("""
        ALTER TABLE partner_registration_finding
        ADD COLUMN IF NOT EXISTS responsibility_id integer
    """)
    cr.execute("""
        INSERT INTO partner_registration_finding (
            id, create_uid, create_date, write_uid, write_date, registry, scope,
            environment, number, is_current, fetched_at, checked_at, outcome, verdict,
            responsibility_id, reasons, name, data, raw, content_hash)
        SELECT a.id, a.create_uid, a.create_date, a.write_uid, a.write_date, 'arca', '',
               a.environment, a.number, a.is_current, a.fetched_at, a.checked_at,
               a.outcome, r.code, a.responsibility_id, a.reasons, a.name, a.data, a.raw,
               a.content_hash
          FROM l10n_ar_padron_answer a
          LEFT JOIN l10n_ar_afip_responsibility_type r ON r.id = a.responsibility_id
        ON CONFLICT (id) DO NOTHING
    """)
    _set_sequence(cr, "partner_registration_finding")


def _make_registrations(cr):
    """A row for whom something is known or expected, not for other contacts; who has
    no CUIT any more is not due: a look-up would forget why it was held."""
    cr.execute("""
        INSERT INTO partner_registration (
            create_uid, create_date, write_uid, write_date, partner_id, company_id,
            registry, scope, environment, active, number, state, finding_id, checked_at,
            due_at, failures, problem, proposes)
        SELECT 1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC', p.id,
               p.company_id, 'arca', '', COALESCE(f.environment, ''), TRUE,
               CASE WHEN t.l10n_ar_afip_code = '80'
                    THEN regexp_replace(p.vat, '[ -]', '', 'g')
                    ELSE f.number END,
               p.l10n_ar_padron_state, f.id, p.l10n_ar_padron_checked_at,
               CASE WHEN t.l10n_ar_afip_code = '80' THEN p.l10n_ar_padron_due_at END,
               COALESCE(p.l10n_ar_padron_failures, 0),
               p.l10n_ar_padron_problem, COALESCE(p.l10n_ar_padron_proposes, FALSE)
          FROM res_partner p
          LEFT JOIN partner_registration_finding f
            ON f.id = p.l10n_ar_padron_answer_id
          LEFT JOIN l10n_latam_identification_type t
            ON t.id = p.l10n_latam_identification_type_id
         WHERE p.l10n_ar_padron_state IS NOT NULL
            OR p.l10n_ar_padron_due_at IS NOT NULL
            OR p.l10n_ar_padron_answer_id IS NOT NULL
            OR p.l10n_ar_padron_failures > 0
        ON CONFLICT (partner_id, registry, scope, environment) DO NOTHING
    """)
    # ARCA is not asked about a number that is none.
    cr.execute("""
        SELECT id, number FROM partner_registration
         WHERE registry = 'arca' AND number IS NOT NULL
    """)
    wrong = [row for row, number in cr.fetchall() if not cuit.is_valid(number)]
    if wrong:
        cr.execute(
            "UPDATE partner_registration SET number = NULL WHERE id = ANY(%s)", [wrong]
        )
    # Otherwise Odoo would compute it for every contact.
    cr.execute("""
        ALTER TABLE res_partner
        ADD COLUMN IF NOT EXISTS l10n_ar_registration_id integer
    """)
    cr.execute("""
        UPDATE res_partner p SET l10n_ar_registration_id = r.id
          FROM partner_registration r
         WHERE r.partner_id = p.id AND r.registry = 'arca' AND r.active
           AND p.l10n_ar_registration_id IS DISTINCT FROM r.id
    """)


def _move_batches(cr):
    # Nothing names a batch: one whose id is another's stays behind.
    cr.execute("""
        WITH moved AS (
            INSERT INTO partner_registration_batch (
                id, create_uid, create_date, write_uid, write_date, skipped)
            SELECT id, create_uid, create_date, write_uid, write_date, skipped
              FROM l10n_ar_padron_batch
            ON CONFLICT (id) DO NOTHING
            RETURNING id
        )
        INSERT INTO partner_registration_partner_registration_batch_rel (
            partner_registration_batch_id, partner_registration_id)
        SELECT b.l10n_ar_padron_batch_id, r.id
          FROM l10n_ar_padron_batch_res_partner_rel b
          JOIN moved m ON m.id = b.l10n_ar_padron_batch_id
          JOIN partner_registration r
            ON r.partner_id = b.res_partner_id AND r.registry = 'arca' AND r.active
        ON CONFLICT DO NOTHING
    """)
    _set_sequence(cr, "partner_registration_batch")


def _set_sequence(cr, table):
    cr.execute(f"""
        SELECT setval('{table}_id_seq', GREATEST(max(id), 1)) FROM {table}
    """)
