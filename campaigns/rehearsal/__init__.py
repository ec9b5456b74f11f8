"""A campaign tried out beforehand: the real sending, in a database of its own, against imitated platforms."""
