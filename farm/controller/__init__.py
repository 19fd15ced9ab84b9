"""A running farm without Ray: journal, scheduler, executor and the threads around them."""
