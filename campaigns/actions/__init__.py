"""What can be done with posts, one module per subject."""
