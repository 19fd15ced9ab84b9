"""Plugins whose authors made a mistake, and farm's message for each; ``docs/plugins.md`` shows them as a table."""
