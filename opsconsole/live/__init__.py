"""The live stream: hints from Redis to every open screen of this process."""
