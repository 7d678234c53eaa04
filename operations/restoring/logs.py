"""What the restored logs have to say: the signer remembers, outside the database, how far each was signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from governance import epochs
from governance.models import Division
from transparency import signing
from transparency.checkpoints import TreeHead, head_of
from transparency.models import Checkpoint, Epoch, Log


@dataclass
class Told:
    """By village: whole logs (those never signed too), new epochs because leaves were lost, logs nobody remembers,
    and logs that are not what was signed."""

    whole: list[str] = field(default_factory=list)
    epochs: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def tell(*, made_at: datetime, at: datetime) -> Told:
    """Compare each log with what was signed last, and where leaves were lost begin a new epoch and sign it.

    A log that is not shorter and yet another one is never made good by an epoch: it is `broken`, and a person has to
    find out what happened. Source: docs/trust.md, After an older backup was restored.
    """
    told = Told()
    for log in Log.objects.filter(size__gt=0).order_by("village"):
        where = Division.objects.get(code=log.village)
        note = signing.remembered().last(log.village)
        if not note and Checkpoint.objects.filter(village=log.village).exists():
            told.unknown.append(log.village)
        elif not note or signing.agrees(log, note):
            told.whole.append(log.village)
        elif log.size < (last := head_of(note)).size:
            told.epochs.append(_begin(where, log, last, made_at, at))
        else:
            told.broken.append(f"{where.name}（{log.village}）")
    return told


def _begin(where: Division, log: Log, last: TreeHead, made_at: datetime, at: datetime) -> str:
    why = f"恢复了{timezone.localtime(made_at):%Y年%m月%d日%H:%M}的备份，那以后的记录不在里面。"
    epoch: Epoch = epochs.begin(village=where, why=why, at=at)
    signed = signing.sign_village(log.village, at)
    sentence = (
        f"{where.name}（{log.village}）：签到过{last.size}条，恢复回来{log.size}条，"
        f"开了第{epoch.number}个纪元，从第{epoch.starts}条接下去"
    )
    return sentence + ("。" if signed else "，新的检查点还没签上，看“卡住的事”。")
