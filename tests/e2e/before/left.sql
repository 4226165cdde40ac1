-- Rows that the version before may have left in its tables.

INSERT INTO l10n_ar_padron_answer (
       id, environment, number, is_current, fetched_at, checked_at, outcome,
       responsibility_id, reasons, name, data, content_hash)
VALUES (9001, 'production', '30500010912', false, '2026-01-01', '2026-01-01', 'undetermined',
        NULL, '[]', 'Antes SA', '{"cuit": "30500010912"}', 'h1'),
       (9002, 'production', '30500010912', true, '2026-06-01', '2026-10-01',
        'determined', (SELECT min(id) FROM l10n_ar_afip_responsibility_type
                        WHERE code = '1'), '[]', 'Después SA',
        '{"cuit": "30500010912"}', 'h2');

INSERT INTO res_partner (
       name, complete_name, active, type, is_company, autopost_bills,
       l10n_latam_identification_type_id, vat, l10n_ar_padron_state,
       l10n_ar_padron_answer_id, l10n_ar_padron_checked_at, l10n_ar_padron_due_at,
       l10n_ar_padron_failures, l10n_ar_padron_problem, l10n_ar_padron_proposes)
SELECT new.name, new.name, true, 'contact', true, 'ask',
       (SELECT res_id FROM ir_model_data
         WHERE module = 'l10n_ar' AND name = 'it_cuit'),
       '30500010912', new.state, new.answer, new.checked::timestamp,
       new.due::timestamp, new.failures, new.problem::jsonb, new.proposes
  FROM (VALUES ('Padrón conocido', 'determined', 9002, '2026-10-01', NULL, 0, NULL,
                true),
               ('Padrón pendiente', 'pending', NULL, NULL, '2026-01-01', 3,
                '{"code": "registry_down"}', false))
       AS new (name, state, answer, checked, due, failures, problem, proposes);
UPDATE res_partner SET commercial_partner_id = id WHERE name LIKE 'Padrón %%';

INSERT INTO l10n_ar_padron_batch (id, skipped) VALUES (9001, 2);
INSERT INTO l10n_ar_padron_batch_res_partner_rel
       (l10n_ar_padron_batch_id, res_partner_id)
SELECT 9001, id FROM res_partner WHERE name = 'Padrón pendiente';
INSERT INTO l10n_ar_padron_decision
       (partner_id, kind, user_id, answer_id, before, after)
SELECT id, 'confirmed', 2, 9002, '{}', '{}'
  FROM res_partner WHERE name = 'Padrón conocido';

UPDATE ir_cron SET interval_number = 7
 WHERE id = (SELECT res_id FROM ir_model_data
              WHERE module = 'l10n_ar_padron' AND name = 'ir_cron_refresh');

INSERT INTO l10n_ar_arca_certificate (
       id, company_id, alias, environment, private_key, request, fingerprint,
       constancia_url, a13_url, unavailable_until)
VALUES (9001, (SELECT min(id) FROM res_company), 'mostrador', 'homologation', 'KEY',
        'REQUEST', 'fp1', 'https://proxy.example.com/a5',
        'https://proxy.example.com/a13', '2026-01-01');
INSERT INTO l10n_ar_arca_ticket (id, environment, fingerprint, service, token, sign,
       expires_at)
VALUES (9001, 'homologation', 'fp1', 'ws_sr_constancia_inscripcion', 'TOKEN', 'SIGN',
        '2026-02-01');
UPDATE ir_cron SET active = false, interval_number = 3
 WHERE id = (SELECT res_id FROM ir_model_data
              WHERE module = 'l10n_ar_padron' AND name = 'ir_cron_check_expiry');
UPDATE ir_rule SET domain_force = '[(''company_id'', ''in'', company_ids), (1, ''='', 1)]'
 WHERE id = (SELECT res_id FROM ir_model_data
              WHERE module = 'l10n_ar_padron'
                AND name = 'arca_certificate_company_rule');

INSERT INTO sale_channel_listing (channel_id, company_id, product_id, quantity,
       listing_type, external_id, visibility, origin, approved, number)
SELECT %(channel)s, company_id, (SELECT min(id) FROM product_product), 1,
       'gold_special', 'MLA100', 'visible', 'linked', true, 0
  FROM sale_channel WHERE id = %(channel)s;
INSERT INTO sale_channel_pricing_item (
    channel_id, kind, res_id, operation, name, wanted, wanted_hash, external_id, seen,
    content_hash, sync_state, reference, attempts, next_attempt_at)
VALUES (%(channel)s, 'group', 900001, 'put', 'Retail', '{"name": "Retail"}', 'w1', 'G1',
        '{"name": "Retail"}', 'c1', 'done', 'ref-1', 0, '2026-01-01');
