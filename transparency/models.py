"""The log's tables: per village one head, its leaves and epochs, what was signed and who cosigned (design/5-trust.md)."""

from django.db import models


class Log(models.Model):
    """Head of one village's log; locked by whoever appends, last in the order of locks."""

    village = models.CharField("村代码", max_length=12, unique=True)
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes, help_text="hashes of the perfect subtrees, RFC 6962")
    epoch = models.PositiveIntegerField(default=1)
    origin = models.CharField(
        max_length=120, help_text="name of the log in its epoch: in leaves, checkpoints, proofs"
    )


class Leaf(models.Model):
    """One leaf: public data only, no name, no household, no score, no fine time."""

    village = models.CharField("村代码", max_length=12)
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=60)
    period = models.CharField(max_length=10)
    commit = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["village", "seq"], name="leaf_village_seq")]


class Epoch(models.Model):
    """An unbroken stretch of a log; append-only. The first begins with it, each later one with a leaf that names
    the last checkpoint of the one before, when leaves were lost (an older backup was restored).

    `body` and `salt` open that leaf's commitment to everybody; the first epoch has none.
    """

    village = models.CharField("村代码", max_length=12)
    number = models.PositiveIntegerField()
    starts = models.PositiveBigIntegerField(help_text="its first leaf")
    origin = models.CharField(max_length=120)
    ended = models.TextField(
        blank=True, help_text="the last checkpoint of the epoch before, as it was signed"
    )
    body = models.TextField(blank=True)
    salt = models.BinaryField(max_length=32, default=bytes)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["village", "number"], name="epoch_village_number")]


class Checkpoint(models.Model):
    """A size and root that the log has signed, C2SP tlog-checkpoint; append-only."""

    village = models.CharField("村代码", max_length=12)
    epoch = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64, help_text="hexadecimal")
    note = models.TextField(help_text="the signed note, byte for byte")
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "epoch", "size"], name="checkpoint_village_epoch_size")
        ]


class Cosignature(models.Model):
    """A witness saw this checkpoint and that it continues what it saw before, C2SP tlog-cosignature; append-only."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="cosignatures")
    witness = models.CharField(max_length=120, help_text="name of the witness's key")
    line = models.TextField(help_text="the signature line")
    signed_at = models.DateTimeField(help_text="by the witness's clock")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "witness"], name="cosignature_checkpoint_witness")
        ]


class Tile(models.Model):
    """Root of 256 whole neighbouring leaves, kept so that proofs need not hash all leaves; can be made again any time."""

    village = models.CharField("村代码", max_length=12)
    number = models.PositiveBigIntegerField(help_text="covers the leaves from 256 times this on")
    root = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["village", "number"], name="tile_village_number")]


class SigningProblem(models.Model):
    """The signer refused a village's log and why; open until it can sign again. At most one open row a village."""

    village = models.CharField("村代码", max_length=12)
    says = models.TextField()
    since = models.DateTimeField()
    last_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["village"], condition=models.Q(solved_at__isnull=True), name="signing_problem_open"
            )
        ]
