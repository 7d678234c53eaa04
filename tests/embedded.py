"""Prepare an SQLite file for the embedded server and print, as JSON, who is signed in and what they may post.

Run in a process of its own (python -m tests.embedded), with DATABASE_URL naming the file.
"""

import json
import os

import django


def main() -> None:
    """This month is open in 柳溪村; 李党员 has said "nothing" for every household."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()

    from django.core.management import call_command
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from tests import people
    from tests.months import Month
    from workflows import sheets

    call_command("migrate", verbosity=0)
    world = people.build()
    at = timezone.localtime()  # the server's ticker fires what is due: the story happens now
    month = Month(world, at, month=at.date().replace(day=1)).open()
    sheet = month.sheet(world.li)
    sheets.nothing(sheet=sheet, by=world.li, at=at)

    def session(user):
        client = Client()
        client.force_login(user)
        return client.cookies["sessionid"].value

    print(
        json.dumps(
            {
                "six": [session(world.li) for _ in range(6)],
                "file": reverse("sheet_check", args=[sheet.key]),
                "others": {
                    session(rater): [
                        reverse("sheet_nothing", args=[month.sheet(rater, area).key]) for area in areas
                    ]
                    for rater, areas in [(world.zhou, (world.east, world.west))]
                },
            }
        )
    )


if __name__ == "__main__":
    main()
