"""API of the inbox: conversations and tags."""
