"""The catalogue as a table or an archive, out of the library and back without loss."""
