"""Hallyu Studio: techniques, models and courseware for working creators."""

__version__ = "0.1.0"
