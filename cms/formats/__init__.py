"""How languages write dates where Django's own formats read oddly."""
