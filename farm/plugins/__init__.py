"""The public door for plugins: pluggy hooks and the registry made from them."""
