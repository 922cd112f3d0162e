"""Keeping the index what the database says: outbox, drain, reconcile, rebuild and check."""
