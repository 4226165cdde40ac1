-- What the version of now keeps elsewhere goes back to where the version before had it:
-- its tables and columns are there, beside those of now. %(channel)s has orders.

UPDATE ir_ui_menu SET active = false
 WHERE id = (SELECT res_id FROM ir_model_data
              WHERE module = 'sale_channel' AND name = 'menuitem_sale_channels');

UPDATE sale_channel_order
   SET needs_fetch = sync_state = 'fetch',
       sync_state = CASE WHEN sync_state IN ('fetch', 'process')
                         THEN 'pending' ELSE sync_state END;

INSERT INTO l10n_ar_padron_answer (
       id, environment, number, is_current, fetched_at, checked_at, outcome,
       responsibility_id, reasons, name, data, raw, content_hash)
SELECT id, environment, number, is_current, fetched_at, checked_at, outcome,
       responsibility_id, reasons, name, data, raw, content_hash
  FROM partner_registration_finding WHERE registry = 'arca';
UPDATE res_partner AS partner
   SET l10n_ar_padron_state = row.state, l10n_ar_padron_answer_id = row.finding_id,
       l10n_ar_padron_checked_at = row.checked_at, l10n_ar_padron_due_at = row.due_at,
       l10n_ar_padron_failures = row.failures, l10n_ar_padron_problem = row.problem,
       l10n_ar_padron_proposes = row.proposes
  FROM partner_registration AS row
 WHERE row.partner_id = partner.id AND row.registry = 'arca' AND row.active;
UPDATE ir_model_data SET module = 'l10n_ar_padron',
       name = replace(name, 'ir_cron_look_up', 'ir_cron_refresh')
 WHERE module = 'partner_registry' AND name LIKE 'ir_cron_look_up%%';
