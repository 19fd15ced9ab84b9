"""The look that farm takes at every asset on arrival."""
