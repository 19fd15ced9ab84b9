"""Use cases on this machine, without a farm."""
