"""The house rules of every endpoint."""
