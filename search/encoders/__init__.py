"""Encoders: what turns a text into a vector such that the same meaning in two languages is close.

No module here imports Django. Each implementation needs a library that the others do not, so it
is imported where it is the one chosen (``search.encoder``).
"""
