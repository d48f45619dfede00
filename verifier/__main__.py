"""`python -m verifier` is the command `arcproof`."""

from verifier.cli.main import main

if __name__ == "__main__":
    main()
