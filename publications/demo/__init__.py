"""The demonstration library: its works as they lie in ``demo/``, their files, and the loader."""
