from . import (
    sale_channel_change,
    sale_channel_change_mark,
    sale_channel_change_mixin,
    sale_channel_outgoing_intent_mixin,
    sale_channel_outgoing_mixin,
    sale_channel_outgoing_planner,
    sale_channel,
    sale_channel_difference,
    sale_channel_flow,
    sale_channel_outgoing,
    sale_channel_text,
)
