"""One folder a platform; each implements the port with the vendor's own SDK."""
