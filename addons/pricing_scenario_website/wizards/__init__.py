from . import pricing_explanation
