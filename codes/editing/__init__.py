"""Everything that changes the catalogue besides a form: files, history, review, translation tables, permissions."""
