"""Pingbacks, trackbacks and webmentions: what they say, the pages they speak of, and what stands there."""
