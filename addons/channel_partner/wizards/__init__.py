from . import base_partner_merge_automatic_wizard
from . import sale_channel_partner_move
