from . import models, wizards
from .hooks import keep_settings, take_over
