"""From documents to timelines: binding media, drafting by template, resolving every name and time."""
