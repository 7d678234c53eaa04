"""`manage.py rotate_keys`: seal everything anew under the primary key, so that an older key can be put away."""

from django.core.management.base import BaseCommand, CommandError

from governance.crypto import DecryptionError
from governance.rotation import rotate


class Command(BaseCommand):
    """Prints how many rows of each table were sealed anew; may be stopped and begun again."""

    help = "把还用旧密钥加密的字，换成FIELD_KEY_PRIMARY这一把；全是0以后，旧密钥才可以从FIELD_KEYS里拿掉。"

    def handle(self, **options):
        """Table after table."""
        try:
            for table, rows in rotate():
                self.stdout.write(f"{table}：换了{rows}行")
        except DecryptionError as error:
            raise CommandError(str(error)) from error
