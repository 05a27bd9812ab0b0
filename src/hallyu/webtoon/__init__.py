"""Webtoon techniques: script, panels, lettering, scroll and export."""
