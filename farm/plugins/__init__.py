"""Plugins: pluggy hooks, and the registry made from them."""
