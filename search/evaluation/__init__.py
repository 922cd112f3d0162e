"""Measuring how well search finds texts of several languages, on collections with known answers."""
