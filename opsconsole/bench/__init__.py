"""Every speed and fault figure of the product; see `registry` for their names."""
