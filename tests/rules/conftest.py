"""Random histories: few in each run, many with `pytest --hypothesis-profile=thorough tests/rules`."""

from hypothesis import settings

settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile("thorough", max_examples=3000, deadline=None)
settings.load_profile("quick")
