from . import l10n_ar_arca_certificate_import
