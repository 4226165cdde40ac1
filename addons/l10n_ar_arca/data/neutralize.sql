-- a copy of the database never asks ARCA: it would take the original's tickets away
UPDATE l10n_ar_arca_certificate SET private_key = NULL, database_uuid = NULL;
DELETE FROM l10n_ar_arca_ticket;
-- keys and passwords of uploads that nobody finished
DELETE FROM l10n_ar_arca_certificate_import;
