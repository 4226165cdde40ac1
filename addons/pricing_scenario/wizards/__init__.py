from . import pricing_explanation, pricing_generation
