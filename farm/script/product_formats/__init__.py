"""The formats in which shops write their products, one module a format."""
