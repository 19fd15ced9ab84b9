"""`python -m farm` is `farm`."""

from farm.cli.main import main

main()
