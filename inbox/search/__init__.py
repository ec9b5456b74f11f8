"""How words are compared and what a search means. Pure: no rows, no framework."""
