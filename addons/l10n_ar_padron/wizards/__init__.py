from . import (
    l10n_ar_arca_certificate_import,
    l10n_ar_padron_confirm,
    l10n_ar_padron_dni,
    l10n_ar_padron_review,
)
