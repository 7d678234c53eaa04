"""Missed timers: deadlines that are over and did not fire, because the ticker stands or their handler fails."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.db.models import Count, Model

from governance import deadlines
from governance.models import Deadline
from governance.periods import quarter_label
from governance.refusals import Conflict
from oversight.stuck.registry import Item, Source

# What should have happened by itself, by the kind of deadline.
WORDS = {
    "import.expires": "没保存的导入，到期清掉",
    "rulebook.starts": "新细则到日子施行",
    "round.sheets": "收单到期，没交的单列出来",
    "round.areas": "核单到期，提醒镇里",
    "round.ballots": "投票到期，够数的收，不够的转镇里",
    "round.window": "公示期满，办结",
    "settlement.window": "季亮晒公示期满，办结",
    "objection.accept": "到期没人收，自动收下",
    "objection.decide": "到期没定，自动往下走",
    "objection.review": "复核到期没定，自动往下走",
    "objection.window": "住户看答复的日子到了，办结",
    "objection.resume": "等住户补材料的日子到了，接着算期限",
    "objection.risk": "快到期的提醒",
    "inquiry.due": "调查函到期没答，记下来",
    "repair.due": "答应修复的日子到了",
    "repair.reminder": "修复快到期的提醒",
    "repair.act": "修复到期没人看，转镇里",
    "notice.print": "贴出去的公示做成PDF存好",
    "round.second": "再看一遍到期，没看的不看了",
    "watch.look": "月评办结，看板看一遍",
    "rectification.answer": "更正资料的申请到期没答复，转镇里",
    "erasure.due": "反悔的日子过了，删资料",
    "erasure.files": "删过资料的户，把照片和文件也删掉",
}
GONE = "这件刚刚办掉了，已经不在卡住的里面，不用再办。"


class Missed(Source):
    """Fire them by hand: the same function as the ticker's, with a person's name and reason beside."""

    name, title, button = "deadlines", "到期没办的", "现在就办"
    says = "到了日子该由系统自己办，却没办成。没有报错的，多半是定时程序没在跑，先把它开起来；有报错的，修好再办。"
    retries, done, failed = True, "deadline.fired_by_hand", "deadline.fire_failed"

    def every(self, where):
        """All deadlines."""
        return Deadline.objects.filter(village__in=where).select_related("village")

    def rows(self, where, *, at, kind=""):
        """Deadlines that were missed."""
        found = deadlines.missed(at).filter(village__in=where).select_related("village")
        return found.filter(kind=kind) if kind else found

    def kinds(self, where, *, at):
        """Kinds of deadlines, by what should have happened."""
        counts = self.rows(where, at=at).order_by().values_list("kind").annotate(n=Count("pk"))
        return [
            (kind, WORDS.get(kind, kind), n) for kind, n in sorted(counts, key=lambda row: (-row[1], row[0]))
        ]

    def items(self, rows):
        """Deadlines in words, with the month, quarter or number of what each is about."""
        things = _things(rows)
        return [
            Item(
                row.pk, row.kind, f"{name_of(things.get((row.about_type, row.about_id)))}{WORDS.get(row.kind, row.kind)}",
                row.village, row.due_at, row.error, row.failures,
            )
            for row in rows
        ]  # fmt: skip

    def retry(self, row, *, by, at):
        """Fire it now; a failure is noted beside it as the ticker does."""
        if not deadlines.fire(row, at):
            raise Conflict(GONE)

    def household(self, row):
        """Of a case, a repair or a question in a case."""
        return household_of(next(iter(_things([row]).values()), None))

    def note(self, row: Deadline, error: Exception, *, at: datetime) -> None:
        """Keep the newest error at the deadline itself."""
        deadlines.note_failure(row, error, at)


def _things(rows) -> dict[tuple[str, int], Model]:
    """What deadlines are about; a query for each type of thing."""
    asked = defaultdict(set)
    for row in rows:
        asked[row.about_type].add(row.about_id)
    return {
        (label, pk): thing
        for label, pks in asked.items()
        for pk, thing in apps.get_model(label)._default_manager.in_bulk(pks).items()
    }


def household_of(thing: Model | None) -> UUID | None:
    """Whose household a thing is about, by key; None for what is about a whole village."""
    subject = getattr(getattr(thing, "objection", thing), "subject", None)
    return subject.key if subject else None


def name_of(thing: Model | None) -> str:
    """A month, a quarter, a case's or a rulebook's number; never who it is about."""
    if month := getattr(thing, "month", None):
        return f"{month.year}年{month.month}月月评："
    if quarter := getattr(thing, "quarter", None):
        return f"{quarter_label(quarter)}："
    if number := getattr(thing, "number", None):
        return f"{number}："
    if version := getattr(thing, "version", None):
        return f"细则第{version}版："
    return "记录找不到了：" if thing is None else ""
