"""Template helpers of the channels app."""
