from . import mercadolibre_form
from . import mercadolibre_form_line
from . import mercadolibre_suggestion
from . import mercadolibre_suggestion_line
