"""Read-only comment feeds (RSS, Atom) through feedparser."""
