"""Messages to phones: an outbox of rows and the channels that carry them. Knows no office, no ticket and no booking."""
