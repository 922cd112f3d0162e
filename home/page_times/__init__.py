"""How long the server takes for each kind of public page: ``manage.py bench_pages``.

A library of real pages, made of the demonstration's works once more and again, is asked through
Django's test client: everything between a request and its answer counts, the network does not.
"""
