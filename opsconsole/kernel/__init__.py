"""Code that every app stands on; it imports none of them and holds no models."""
