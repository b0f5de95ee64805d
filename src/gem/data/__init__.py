"""Rows by name: from bundled files, from yours, or from a hub."""
