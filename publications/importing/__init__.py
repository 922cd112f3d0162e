"""Importing a folder of files as works: grouping, metadata, and what became of each file."""
