"""Live answers: a server that really sends the status code that it is asked for, with all that belongs to it.

A process of its own, without Django and without a database. It reads a file that `manage.py export_answers` writes.
"""
