"""`python -m houston.scripts`: the `houston` command of this very interpreter."""

from houston.scripts import main

main()
