from . import (
    l10n_ar_padron_confirm,
    l10n_ar_padron_confirm_line,
    l10n_ar_padron_dni,
    l10n_ar_padron_dni_line,
)
