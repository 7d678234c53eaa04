"""manage.py witness: look at a village's log as a witness and cosign what continues what was seen before."""

from django.core.management.base import BaseCommand, CommandError

from transparency import cosigning, receipts, signing, tiles, witness
from transparency.models import Log


class Local:
    """The log read from this installation's own database; for trying out, since a witness should stand elsewhere."""

    def __init__(self, village: str):
        self.village = village
        self.log = Log.objects.filter(village=village).first()
        if self.log is None:
            raise CommandError(f"{village}还没有日志。")

    def keys(self):
        """The log's public keys."""
        return [verifier.vkey for verifier in signing.verifiers(self.log.origin)]

    def checkpoint(self):
        """The checkpoint signed last."""
        found = receipts.newest(self.village)
        if found is None:
            raise witness.WitnessRefused("这份日志还没有签过检查点。")
        return receipts.signed(found)

    def consistency(self, old, new):
        """Proof that the first `new` leaves begin with the first `old`."""
        return tiles.consistency(self.village, old, new)

    def epochs(self):
        """What opens the first leaf of each epoch."""
        return receipts.epochs(self.village)

    def proof(self, seq, size):
        """A leaf and its proof in the tree of `size`."""
        return receipts.leaf_of(self.village, seq), tiles.inclusion(self.village, seq, size)

    def submit(self, size, line):
        """Keep a cosignature."""
        cosigning.accept(self.village, self.log.epoch, size, line)


class Command(BaseCommand):
    """Prints the witness's public key and its signature; ends with 1 and a sentence when it does not sign."""

    help = "见证一个村的记录日志：核对它接得上次见证的那一份，再签名。"

    def add_arguments(self, parser):
        witness.add_arguments(parser)
        parser.add_argument("--local", action="store_true", help="直接读本机的数据库，不走网址")

    def handle(self, **options):
        """One look; see transparency.witness."""
        if bool(options["local"]) == bool(options["url"]):
            raise CommandError("--url和--local要写一个，只能写一个。")
        try:
            source = (
                Local(options["village"])
                if options["local"]
                else witness.Web(options["url"], options["village"])
            )
        except witness.WitnessRefused as refused:
            raise CommandError(str(refused)) from refused
        if status := witness.run(_Options(options), source, self.stdout.write):
            raise SystemExit(status)


class _Options:
    def __init__(self, options):
        self.__dict__.update(options)
