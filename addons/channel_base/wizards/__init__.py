from . import sale_channel_mapping_assign
