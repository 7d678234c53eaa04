"""Villages that have lived through a quarter, in a database of their own: python -m tests.operations.villages COUNT

Everything an event vouches for, by the real services, committed and signed. DATABASE_URL names a migrated database.
"""

import os
import sys

import django

FIRST = 990101104201


def main(count: int) -> None:
    """Build so many; the last event of each is a month posted and its quarter."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()

    from django.db import transaction

    from governance import vouching
    from governance.models import Division, Notice
    from tests import people
    from tests.vouched import vouch
    from tests.workflows import settled
    from transparency import signing

    for number in range(count):
        Notice.objects.filter(version=1).update(version=100 + number)  # each village comes with its own
        with transaction.atomic():
            world = people.build()
            for place, code in ((world.village, FIRST + number), (world.elsewhere, FIRST + 500 + number)):
                place.code, place.name = str(code), f"{place.name}{number + 1}"
                Division.objects.filter(pk=place.pk).update(code=place.code, name=place.name)
            noted = list(vouching.take())
            vouch(noted, world.village, world.rulebook)
            vouch(noted, world.elsewhere)
            settled.october(world)
            settled.posted(world)
        signing.sign_village(world.village.code, settled.LATER)


if __name__ == "__main__":
    main(int(sys.argv[1]))
