"""Posts in files that people write with a spreadsheet: reading what they hold, and writing them."""
