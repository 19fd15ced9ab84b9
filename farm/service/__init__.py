"""The running farm's desks: what may be asked of it, behind whatever door."""
