"""What changes the catalogue besides the forms: files, history, review, translation tables, permissions."""
