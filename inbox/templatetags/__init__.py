"""Template helpers of the inbox."""
