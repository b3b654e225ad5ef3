"""What an auditor gets: the bundle's verifier, which needs nothing of this program."""
