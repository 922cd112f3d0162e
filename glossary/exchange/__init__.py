"""The glossary in and out: CSV and SKOS (Turtle, RDF/XML, JSON-LD), checked before it is stored.

A file is read into entries (`entries`, by `csv_files` or `skos`), these are checked against one
another and the glossary (`checking`), and then compared with it and stored (`storing`).
"""
