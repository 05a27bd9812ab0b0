"""Film techniques: shots and framing, mattes, comps, faces, grades and the hand-over."""
