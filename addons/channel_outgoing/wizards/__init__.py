from . import (
    sale_channel_outgoing_by_hand,
    sale_channel_outgoing_preview,
    sale_channel_outgoing_preview_line,
)
