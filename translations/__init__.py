"""Which work stands in which language, what is asked for, who translates."""
