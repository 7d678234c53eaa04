"""What a repair tells the household: behind its ledger lines, beside the deduction, and on its own page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse

from appeals import corrections, exhibits
from appeals.models import Repair
from appeals.repair_who import may_read, recorders
from governance import consents, deadlines, stories
from governance.access import today
from governance.events import why_of
from governance.models import Entry, Event
from governance.models.people import Role
from governance.policies import value
from governance.stories import Fact, Mend, Step, Story
from workflows import publications
from workflows.queues import SOURCES

State = Repair.State
_SAID = {
    "repair.applied": "申请修复，答应去做",
    "repair.shown": "说做好了，交了材料",
    "repair.handed_in": "补了材料",
    "repair.reminded": "提醒：答应的日子快到了",
    "repair.sent_back": "去看了，还差一点，退回来补",
    "repair.verified": "去看了，做到了",
    "repair.voted": "投了同意",
    "repair.approved": "同意了，随下一次月评公示",
    "repair.refused": "没有批",
    "repair.late": "到日子还没人办，镇里也可以来办",
    "repair.looked_again": "异议办完了，换人再看一次",
    "repair.withdrawn": "不修了，减分照原来算",
    "repair.dropped": "那条减分撤销了，不用修了",
    "repair.lapsed": "到日子没有做，减分照原来算，可以再申请",
    "repair.revoked": "查明弄虚作假，修复取消，减分重新算",
}


def steps(row: Repair) -> list[Step]:
    """What was done, oldest first, by role and in their own words; two queries."""
    return _steps(row, _events([row])[str(row.key)])


def facts(keys: list[str]) -> dict[str, Fact]:
    """What lines of repairs are about, by what follows "repair:" in their source; two queries for any number."""
    rows = {
        str(row.key): row
        for row in Repair.objects.filter(key__in={key.partition(":")[0] for key in keys}).select_related(
            "entry__rule", "village", "round__publication"
        )
    }
    revoked = _revoked(list(rows.values()))
    told = {key: (rows.get(key.partition(":")[0]), key.partition(":")[2]) for key in keys}
    return {key: _fact(row, what, revoked) for key, (row, what) in told.items() if row and row.round_id}


def told(keys: list[str]) -> dict[str, Story]:
    """Everything behind lines of repairs, by what follows "repair:" in their source; two queries for any number."""
    wanted = {key.partition(":")[0] for key in keys}
    rows = list(Repair.objects.filter(key__in=wanted).select_related("round__publication"))
    events = _events(rows)
    by_key = {str(row.key): row for row in rows}
    found = {key: by_key.get(key.partition(":")[0]) for key in keys}
    return {key: _story(row, events[str(row.key)]) for key, row in found.items() if row}


def hands_in(keys: list[str]) -> dict[str, set[int]]:
    """Who had a hand in lines of repairs: they do not decide an objection to one; by what follows "repair:"."""
    rows = {
        str(row.key): row
        for row in Repair.objects.filter(key__in={key.partition(":")[0] for key in keys})
        .select_related("entry")
        .prefetch_related("votes")
    }
    events = Event.objects.filter(about_type=Repair._meta.label_lower, about_id__in=rows, by__isnull=False)
    acted = set(events.values_list("about_id", "by"))
    found = {}
    for key in keys:
        if row := rows.get(key.partition(":")[0]):
            found[key] = {user for about, user in acted if about == str(row.key)}
            found[key] |= recorders([row.entry])[row.entry_id]
    return found


def mends(entries: list[Entry]) -> dict[int, Mend]:
    """The link beside each deduction: apply, or follow what is under way; one query."""
    lines = [entry for entry in entries if entry.raw_tenths < 0 and entry.reverses_id is None]
    known = {row.entry_id: row for row in Repair.objects.filter(entry__in=lines).order_by("id")}
    return {entry.pk: mend for entry in lines if (mend := _mend(entry, known.get(entry.pk)))}


def register() -> None:
    """Let the layers below ask and call: they do not know this one."""
    from appeals import repair_timers  # noqa: F401 -- timers register themselves
    from appeals.repair_posting import WithTheMonth
    from appeals.repair_queues import deciding, verifying
    from appeals.repairs import drop_corrected, leave

    exhibits.READERS["repair"] = may_read
    stories.FACTS["repair"] = facts
    stories.STORIES["repair"] = told
    stories.TOUCHED["repair"] = hands_in
    stories.MENDS.append(mends)
    consents.ON_WITHDRAWN.append(leave)
    corrections.ON_CORRECTED.append(drop_corrected)
    publications.ALSO_POSTED.append(WithTheMonth)
    for role, sources in {
        Role.LEADER: [verifying],
        Role.COUNCIL: [deciding],
        Role.PANEL: [verifying, deciding],
        Role.OFFICER: [verifying, deciding],
    }.items():
        SOURCES.setdefault(role, []).extend(sources)


def _story(row: Repair, events: list[Event]) -> Story:
    return Story(place="", grounds=f"信用修复{row.number}", pieces=[], steps=_steps(row, events))


def _steps(row: Repair, events: list[Event]) -> list[Step]:
    found = [Step(e.at, _who(e.role), _SAID[e.name], why_of(e)) for e in events]
    if row.round_id and (notice := getattr(row.round, "publication", None)):
        found.append(Step(notice.published_at, "文书", "随月评公示，抵掉了减分"))
    return sorted(found, key=lambda step: step.at)


def _events(rows: Iterable[Repair]) -> dict[str, list[Event]]:
    """What was done about repairs, by key, oldest first."""
    found: dict[str, list[Event]] = {str(row.key): [] for row in rows}
    events = Event.objects.filter(
        about_type=Repair._meta.label_lower, about_id__in=found, name__in=_SAID
    ).select_related("body")
    for event in events.order_by("at", "id"):
        found[event.about_id].append(event)
    return found


def _fact(row: Repair, what: str, revoked: dict[int, datetime]) -> Fact:
    open_until, thing = row.round.publication.window_ends, row.entry.rule.text
    if what == "half":
        return Fact(f"{thing}（修复抵了一半，剩下的）", "", open_until)
    if what == "revoked":
        days = value("publication_days", row.village, today(revoked[row.pk]))
        last = today(revoked[row.pk]) + timedelta(days=days)
        return Fact(f"{thing}（修复取消，重新算）", "", deadlines.end_of(last))
    return Fact(f"信用修复{row.number}", "", open_until)


def _revoked(rows: list[Repair]) -> dict[int, datetime]:
    done = Repair.history.filter(
        id__in=[row.pk for row in rows if row.state == State.REVOKED], history_change_reason="repair.revoked"
    )
    return dict(done.values_list("id", "history_date"))


def _mend(entry: Entry, row: Repair | None) -> Mend | None:
    if entry.source.startswith("repair:"):
        return Mend("看修复的经过", reverse("repair", args=[entry.source.split(":")[1]]), is_new=False)
    if row and row.state in (*Repair.OPEN, State.PUBLISHED, State.REVOKED):
        return Mend(f"看修复{row.number}", reverse("repair", args=[row.key]), is_new=False)
    if entry.rule.repairable:
        return Mend("申请修复", reverse("repair_file", args=[entry.key]), is_new=True)
    return None


def _who(role: str) -> str:
    return {"resident": "住户", "system": "系统"}.get(role) or Role(role).label
