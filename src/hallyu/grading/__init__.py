"""Grading: deliveries are opened again from disk and measured, and every mark lost is explained in words."""
