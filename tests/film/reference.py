"""The colour-science package to measure ours by, without the print options that it leaves to everybody's doctests."""

import numpy as np

with np.printoptions():
    import colour as science

D65 = science.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D65"]
