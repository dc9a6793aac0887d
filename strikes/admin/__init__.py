"""Sources, reports, places, strikes, propositions, claims and numbers in the admin: a module for each noun."""

from strikes.admin import claims, numbers, places, propositions, sources, strikes

__all__ = ["claims", "numbers", "places", "propositions", "sources", "strikes"]
