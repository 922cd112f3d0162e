"""How fast the engines are, measured on a synthetic library: ``manage.py bench``.

The library is the same on every machine and in every run. Each measurement runs in a process of
its own, through the engines' port, in a folder or under index names that are removed at its end.
No database is asked: neither the making of records from pages is measured, nor the template.
"""
