"""ffmpeg's own loudness meter, the peer that ours is held to in the tests and in the benchmark."""

import av
import numpy as np


def measure(samples: np.ndarray, rate: int) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP) of (n, 2) *samples*, as the filter ebur128 gives them."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=rate, format="flt", layout="stereo", time_base=f"1/{rate}")
    meter, sink = graph.add("ebur128", "metadata=1:peak=true"), graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(samples.reshape(1, -1), np.float32), "flt", "stereo"
    )
    frame.sample_rate = rate
    source.push(frame)
    source.push(None)
    found: dict[str, str] = {}
    while True:
        try:
            found |= dict(sink.pull().metadata)
        except (av.error.EOFError, av.error.BlockingIOError):
            break
    peak = max(float(value) for key, value in found.items() if "true_peaks_ch" in key)
    return float(found["lavfi.r128.I"]), 20 * np.log10(peak)
