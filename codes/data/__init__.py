"""The same entries for programs: plain data, text, Markdown, schemas."""
