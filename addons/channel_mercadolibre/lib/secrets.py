"""What MercadoLibre's tokens and codes look like, to keep them out of texts.

Source: developers.mercadolibre.com, "Authentication and authorization", its examples.
"""

from __future__ import annotations

import re

TOKEN_PATTERNS = (re.compile(r"\b(?:APP_USR|TG|TEST)-[A-Za-z0-9._-]{6,}"),)
