"""Who made what, with which tools, and with whose consent."""
