"""Finished pages in front of Django. README.md in this folder explains how it works and why."""
