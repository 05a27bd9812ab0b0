"""OTT techniques: from a finished cut to a stream that passes quality control."""
