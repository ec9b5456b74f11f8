"""Django management commands for channels."""
