"""Names the app for Django and for the admin, and registers what is kept beside the rows of the record."""

from django.apps import AppConfig


class StrikesConfig(AppConfig):
    name = "strikes"
    verbose_name = "What is said to have happened"

    def ready(self) -> None:
        from record import derived
        from strikes import event_times, models, search_index
        from strikes.disputes import keeping, rewriting, same_thing

        derived.register(derived.Derivation(search_index.index))
        # After a takedown the past first: keeping the present reads on from it.
        derived.register(derived.Derivation(rewriting.rewrite))
        derived.register(derived.Derivation(keeping.refresh, keeping.restated, keeping.discrepancies))
        # After keeping, which works out anew when claims were said whose reports were issued otherwise.
        derived.register(derived.Derivation(event_times.refresh, discrepancies=event_times.discrepancies))
        derived.register_pairs_below(models.Facility, same_thing.below_facility)
        derived.register_pairs_below(models.Unit, same_thing.below_row)
        derived.register_pairs_below(models.Strike, same_thing.below_row)
