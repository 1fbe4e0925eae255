"""Texts of the catalogue: their language, their Markdown, and the sections they cite."""
