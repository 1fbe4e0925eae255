"""Accounts: logins, lockouts, the second factor, and the audit log."""
