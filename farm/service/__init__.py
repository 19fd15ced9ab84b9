"""The desks of a running farm: its operations, independent of how they are called."""
