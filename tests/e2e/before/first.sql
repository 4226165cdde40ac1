-- The database of the version before the outbox, the provider classes and the account's
-- quota: its columns and tables as they were, and rows in them. %(channel)s has orders.

ALTER TABLE ir_cron_trigger DROP COLUMN hinted_at;
ALTER TABLE sale_channel_flow
    ADD COLUMN run_requested_at timestamp, DROP COLUMN run_requests, DROP COLUMN confirmed;
ALTER TABLE sale_channel_flow_state
    ADD COLUMN request_seen_at timestamp, DROP COLUMN requests_seen;
UPDATE sale_channel_flow SET run_requested_at = '2026-01-01 10:00:00.25';
UPDATE sale_channel_flow_state SET request_seen_at = '2026-01-01 10:00:00.25';
ALTER TABLE sale_channel ADD COLUMN pricing_confirmed boolean;

DROP TABLE sale_channel_quota, sale_channel_change, sale_channel_change_mark,
           sale_channel_difference, sale_channel_dry_run_line, sale_channel_dry_run;
DELETE FROM ir_cron
 WHERE id IN (SELECT res_id FROM ir_model_data
               WHERE module = 'channel_outgoing' AND model = 'ir.cron');
UPDATE ir_ui_menu SET parent_id = NULL
 WHERE parent_id IN (SELECT res_id FROM ir_model_data
                      WHERE module = 'channel_outgoing' AND model = 'ir.ui.menu');
DELETE FROM ir_ui_menu
 WHERE id IN (SELECT res_id FROM ir_model_data
               WHERE module = 'channel_outgoing' AND model = 'ir.ui.menu');
DELETE FROM ir_ui_view
 WHERE id IN (SELECT res_id FROM ir_model_data
               WHERE module = 'channel_outgoing' AND model = 'ir.ui.view');
DELETE FROM ir_act_window
 WHERE id IN (SELECT res_id FROM ir_model_data
               WHERE module = 'channel_outgoing' AND model = 'ir.actions.act_window');
DELETE FROM ir_model
 WHERE model ~ '^sale\.channel\.(change|difference|dry|outgoing|provider|quota|text)';
DELETE FROM ir_model_data WHERE module IN ('channel_outgoing', 'remote_transport');
DELETE FROM ir_model_data
 WHERE name ~ '^model_sale_channel_(change|difference|dry|outgoing|provider|quota|text)';
UPDATE ir_module_module SET state = 'uninstalled', latest_version = NULL
 WHERE name IN ('channel_outgoing', 'remote_transport');

CREATE TABLE sale_channel_pricing_mark (
    id serial PRIMARY KEY,
    channel_id integer NOT NULL REFERENCES sale_channel ON DELETE CASCADE,
    scope varchar NOT NULL, value varchar, create_uid integer, write_uid integer,
    create_date timestamp, write_date timestamp);
CREATE TABLE sale_channel_pricing_difference (
    id serial PRIMARY KEY,
    item_id integer NOT NULL REFERENCES sale_channel_pricing_item ON DELETE CASCADE,
    channel_id integer, company_id integer, kind varchar,
    run_id integer REFERENCES sale_channel_run ON DELETE SET NULL,
    found_at timestamp NOT NULL, before jsonb, after jsonb, create_uid integer,
    write_uid integer, create_date timestamp, write_date timestamp);
CREATE INDEX sale_channel_pricing_item__sync_state_index
    ON sale_channel_pricing_item (sync_state);

INSERT INTO ir_model (model, name, state, "order")
VALUES ('sale.channel.pricing.mark', '{"en_US": "Mark"}', 'base', 'id'),
       ('sale.channel.pricing.difference', '{"en_US": "Difference"}', 'base', 'id');
WITH rule AS (
    INSERT INTO ir_rule (name, model_id, domain_force, active, global,
                         perm_read, perm_write, perm_create, perm_unlink)
    SELECT 'Differences: companies', id, '[(1, "=", 1)]', true, true, true, true, true,
           true
      FROM ir_model WHERE model = 'sale.channel.pricing.difference'
 RETURNING id)
INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
SELECT 'channel_pricing_scenario', 'sale_channel_pricing_difference_rule_company',
       'ir.rule', id, true
  FROM rule;
WITH old_view AS (
    INSERT INTO ir_ui_view (name, type, model, mode, inherit_id, priority, active,
                            arch_db)
    SELECT 'mercadolibre button', 'form', 'sale.order', 'extension', view.res_id, 16,
           true, '{"en_US": "<data><xpath expr=\"//sheet\" position=\"inside\">'
           '<field name=\"is_mercadolibre_order\" invisible=\"1\"/></xpath></data>"}'
      FROM ir_model_data AS view
     WHERE view.module = 'sale' AND view.name = 'view_order_form'
 RETURNING id)
INSERT INTO ir_model_data (module, name, model, res_id, noupdate)
SELECT 'channel_mercadolibre', 'sale_order_view_form', 'ir.ui.view', id, false
  FROM old_view;

UPDATE sale_channel SET pricing_confirmed = true WHERE id = %(channel)s;
INSERT INTO sale_channel_flow (channel_id, kind, enabled, interval_minutes, batch_size)
VALUES (%(channel)s, 'pricing_out', false, 1440, 100);
INSERT INTO sale_channel_pricing_item (
    channel_id, kind, res_id, operation, name, wanted, wanted_hash, external_id, seen,
    content_hash, sync_state, error_code, reference, attempts, next_attempt_at)
VALUES (%(channel)s, 'group', 900001, 'put', 'Retail', '{"name": "Retail"}', 'w1', 'G1',
        '{"name": "Retail"}', 'c1', 'done', NULL, 'ref-1', 0, '2026-01-01'),
       (%(channel)s, 'contract', 900002, 'put', 'Retail, Rosario',
        '{"group": 900001, "origin": "7", "list": 900003}', 'w2', NULL, NULL, NULL,
        'pending', 'pricing_awaits', 'ref-2', 3, '2036-01-01'),
       (%(channel)s, 'customer', 900004, 'put', 'LUCIAROJAS', '{"group": 900001}', 'w3',
        '501', '{"group": "G1"}', 'c3', 'done', NULL, 'ref-3', 0, '2026-01-01');
INSERT INTO sale_channel_pricing_difference
       (item_id, channel_id, kind, found_at, before, after)
SELECT id, channel_id, kind, '2026-11-01', '{"group": null}', seen
  FROM sale_channel_pricing_item WHERE reference = 'ref-3';
INSERT INTO sale_channel_pricing_mark (channel_id, scope, value)
VALUES (%(channel)s, 'structure', NULL), (%(channel)s, 'buyer', '900004');

UPDATE sale_channel_run SET error_code = 'not_owned', state = 'failed'
 WHERE id = (SELECT max(id) FROM sale_channel_run WHERE channel_id = %(channel)s);

-- MercadoLibre did not sell: no flows of goods, types of listings, fees or categories.
WITH gone AS (
    DELETE FROM sale_channel_flow
     WHERE channel_id = %(channel)s
       AND kind IN ('listings_in', 'listings_out', 'stock_in', 'stock_out', 'price_out',
                    'fees_in', 'categories_in')
 RETURNING cron_id)
DELETE FROM ir_cron WHERE id IN (SELECT cron_id FROM gone);
DROP TABLE sale_channel_listing_type, sale_channel_listing_margin, sale_channel_fee,
           mercadolibre_product_attribute, mercadolibre_chart,
           mercadolibre_attribute_value, mercadolibre_attribute, mercadolibre_category
   CASCADE;
ALTER TABLE sale_channel_listing
    DROP COLUMN number, DROP COLUMN stock_kept, DROP COLUMN stock_there,
    DROP COLUMN stock_counted, DROP COLUMN stock_uncounted,
    DROP COLUMN own_freight, DROP COLUMN freight, DROP COLUMN attention,
    DROP COLUMN warnings, DROP COLUMN mercadolibre_category_id,
    ADD CONSTRAINT sale_channel_listing_product_uniq
        UNIQUE (channel_id, product_id, quantity, listing_type);
ALTER TABLE sale_channel
    DROP COLUMN mercadolibre_user_products, DROP COLUMN mercadolibre_multi_origin,
    DROP COLUMN mercadolibre_obstacles, DROP COLUMN kept_warehouse_id;
INSERT INTO sale_channel_listing (channel_id, company_id, product_id, quantity,
       listing_type, external_id, visibility, origin, approved)
SELECT %(channel)s, company_id, (SELECT min(id) FROM product_product), 1,
       'gold_special', 'MLA100', 'visible', 'linked', true
  FROM sale_channel WHERE id = %(channel)s;
