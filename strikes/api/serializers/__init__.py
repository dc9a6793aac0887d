"""How strikes, propositions, claims and numbers are shown."""
