"""How many examples Hypothesis tries: few and the same ones in every run, many and new ones in the long sweeps."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

VARIABLE = "MINTAGE_FUZZ_EXAMPLES"  # a factor; the sweeps set it


def examples(usually: int) -> settings:
    """Settings with so many examples, or as many times more as the sweeps want."""
    return settings(
        max_examples=usually * int(os.environ.get(VARIABLE, "1")),
        deadline=None,
        derandomize=VARIABLE not in os.environ,
        database=None,
        print_blob=True,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
