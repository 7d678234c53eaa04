"""Somebody writes while a snapshot is held: python -m tests.operations.meanwhile, in a restored installation."""

import os
from threading import Thread

import django


def main() -> None:
    """Says whether the snapshot stayed the same, and whether the writer's row is there later."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()

    from django.db import connection

    from governance import snapshot
    from governance.models import Division

    def write():
        Division.objects.create(code="990199999999", name="新村", level=Division.Level.VILLAGE)
        connection.close()

    with snapshot.held():
        before = Division.objects.count()
        writer = Thread(target=write)
        writer.start()
        writer.join(timeout=10)
        print("same" if not writer.is_alive() and Division.objects.count() == before else "changed")
    print("later" if Division.objects.count() == before + 1 else "not there")


if __name__ == "__main__":
    main()
