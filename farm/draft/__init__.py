"""From documents to timelines: binding media, drafting from templates, resolving names and times."""
