"""Models by task: ask the catalogue what is wanted, get an engine that does it, here or with a large model."""

from hallyu.models.catalog import Entry, entries, entry, files_of, load, status

__all__ = ["Entry", "entries", "entry", "files_of", "load", "status"]
