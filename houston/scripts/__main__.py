"""`python -m houston.scripts`: the `houston` command of this interpreter."""

from houston.scripts import main

main()
