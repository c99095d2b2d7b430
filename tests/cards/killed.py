"""A charge in a process of its own, which stops at a place on the way and waits to be killed."""

import sys
import time
from datetime import UTC, datetime
from uuid import UUID

from kinbook.config import environment


def main(practice_id, charge_id, place):
    from kinbook.cards.commands import carry_on

    real = getattr(carry_on, place)

    def stop(*words, **more):
        answer = real(*words, **more) if place != "apply_intent" else None
        sys.stdout.write("now\n")
        sys.stdout.flush()
        time.sleep(600)
        return answer

    setattr(carry_on, place, stop)
    carry_on.carry_on(UUID(practice_id), UUID(charge_id), lambda: datetime.now(UTC))


environment.set_up_django()
main(*sys.argv[1:])
