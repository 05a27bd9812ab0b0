"""The curriculum as data: lessons, tracks, the learner's workspace, and the checks that keep lessons running."""
