"""Say openly that leaves of a log were lost: a new epoch, whose first leaf names the checkpoint signed last."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from governance.events import record
from governance.models import Division
from governance.refusals import Conflict, Invalid
from transparency import log, signing
from transparency.checkpoints import head_of
from transparency.digest_tree import opening
from transparency.models import Epoch


@transaction.atomic
def begin(*, village: Division, why: str, at: datetime) -> Epoch:
    """Begin a new epoch of a village's log after an older backup was restored. An operator's act, by command.

    Its event `log.epoch` names the lost checkpoint and says why; both are public, the leaf commits to them, so nothing
    of it can be changed or erased later. Raises Invalid (no reason) or Conflict (nothing was signed, or the log still
    continues what the signer remembers, so that nothing is to be said). The caller signs it after the commit.
    """
    if not why.strip():
        raise Invalid(why="请写清为什么：日志从哪一天的备份恢复、丢了什么。这句话谁都能看到，不要写人名。")
    head = log.lock(village.code)
    ended = signing.last_signed(village.code)
    if not ended:
        raise Conflict("这个村的日志还没有签过检查点，用不着说明。")
    old = head_of(ended)
    if signing.remembers(village.code) and signing.agrees(head, ended):
        raise Conflict("日志和上次签的检查点接得上，没有丢，用不着说明。")
    head = log.begin_epoch(village.code, max(head.epoch, _number(old.origin)) + 1)
    event = record(
        "log.epoch", village=village, about=village, by=None, at=at, role="system", why=why.strip(),
        detail={"ended": {"origin": old.origin, "size": old.size, "root": old.root.hex()}},
    )  # fmt: skip
    return log.keep_epoch(
        head, starts=event.seq, ended=ended, body=event.body.content, salt=opening(bytes(event.body.salt))
    )


def _number(origin: str) -> int:
    """Which epoch a log's name is of: the number after the village's code, 1 when there is none."""
    found = re.search(r"/(\d+)/(\d+)$", origin)
    return int(found[2]) if found else 1
