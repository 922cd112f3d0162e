"""Ranking texts of several languages fairly: by what they mean, and by the words they hold.

An engine finds candidates and counts words; what is made of them is decided here, once for every
engine (``docs/search.md`` says how and why). Nothing here knows of Django or of an engine.
"""
