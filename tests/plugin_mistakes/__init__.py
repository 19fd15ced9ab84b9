"""Plugins whose authors made a mistake, and what farm says of each; ``docs/plugins.md`` shows them as a table."""
