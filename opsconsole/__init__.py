"""The project package: the kernel at the bottom, the wiring at the top."""
