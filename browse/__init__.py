"""The ways through the library beside search: themes, places, the network, activities, terms."""
