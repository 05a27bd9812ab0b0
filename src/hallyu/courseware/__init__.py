"""The curriculum as data: lessons, tracks, the workspace, and the checks that keep lessons running."""
