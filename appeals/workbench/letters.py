"""决定书: what was decided about one case, in the same words on screen, on paper and as PDF.

Everything on it comes from the decision and what was there when it was made, so that it reads the same for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.template.loader import render_to_string

from appeals import remedies
from appeals.models import Decision, Hearing, Inquiry, Objection
from governance import stories
from governance.access import today
from governance.models import Deadline, Entry
from governance.models.people import Role
from governance.points import format_points
from governance.printing import printed

About, Outcome = Objection.About, Objection.Outcome


@dataclass(frozen=True)
class Letter:
    """The letter about one decision."""

    decision: Decision

    @property
    def case(self) -> Objection:
        """The case it answers."""
        return self.decision.objection

    @property
    def title(self) -> str:
        """What stands on top."""
        return "异议复核决定书" if self.decision.turn == 2 else "异议决定书"

    @property
    def number(self) -> str:
        """The number of the case, with which answer it is."""
        return f"{self.case.number}-{self.decision.turn}"

    @cached_property
    def about(self) -> str:
        """What the objection was about, as a sentence."""
        case = self.case
        if case.entry_id:
            fact = stories.facts([case.entry.source]).get(case.entry.source)
            return f"{_day(case.entry.occurred_on)}“{fact.text if fact else case.entry.rule.text}”，记{_points(case.entry)}分"
        if case.about == About.MISSING:
            rule = f"，细则{case.rule.number}“{case.rule.text}”" if case.rule_id else ""
            return f"{_day(case.occurred_on)}的事该加分没有加{rule}"
        if case.about == About.REPAIR:
            return f"信用修复{case.repair.number}没有批"
        return f"{case.scorecard.quarter[:4]}年第{case.scorecard.quarter[-1]}季度的分和颜色"

    @cached_property
    def found(self) -> list[str]:
        """What was looked at before deciding, as sentences."""
        until = self.decision.decided_at
        asked = self.case.inquiries.filter(answered_at__lte=until)
        kinds = dict.fromkeys(Inquiry.Kind(kind).label for kind in asked.values_list("kind", flat=True))
        given = list(self.case.exhibits.filter(added_at__lte=until).values_list("is_households", flat=True))
        held = self.case.hearings.filter(state=Hearing.State.HELD, takes_place_at__lte=until)
        said = [f"看了住户的话{'和当时的证据' if self.case.entry_id else ''}"]
        sides = {"住户交的材料": given.count(True), "别人交的材料": given.count(False)}
        said += [f"看了{side}{n}份" for side, n in sides.items() if n]
        if kinds:
            said.append(f"问了{'、'.join(kinds)}，共{asked.count()}人答复")
        return said + [f"{_day(today(hearing.takes_place_at))}请双方当面说过" for hearing in held]

    @property
    def outcome(self) -> str:
        """The answer in a sentence."""
        return {
            Outcome.REFUSED: "不收这件异议。", Outcome.UPHELD: "支持这件异议。",
            Outcome.PARTLY: "支持这件异议的一部分。", Outcome.REJECTED: "不支持这件异议。",
            Outcome.LAPSED: "没有在期限内作出决定，按规定照住户的办。",
        }[self.decision.outcome]  # fmt: skip

    @cached_property
    def changes(self) -> list[str]:
        """What is booked because of it, as sentences."""
        remedy = remedies.from_json(self.case, self.decision.remedy)
        facts = stories.facts(entry.source for entry in remedy.out)
        said = [
            f"{_day(entry.occurred_on)}“{_words(entry, facts)}”的{_points(entry)}分撤销，不再算。"
            for entry in remedy.out
        ]
        if line := remedy.instead:
            verb = "改记" if remedy.out else "补记"
            said.append(
                f"按细则{line.rule.number}“{line.rule.text}”，{verb}{format_points(line.raw_tenths)}分。"
            )
        if self.case.about == About.REPAIR and self.decision.outcome == Outcome.UPHELD:
            said.append("修复由没有看过的人重新看。")
        return said or ["记分照原来的，不变。"]

    @cached_property
    def next(self) -> str:
        """When it takes effect, and how and until when to ask for a second review."""
        if self.decision.turn == 2:
            return "这是复核以后的决定，今天起照办。您还可以依法向上级反映，不会因此扣分。"
        if self.decision.outcome in (Outcome.UPHELD, Outcome.LAPSED):
            return "今天起照办，改了的分在“我的积分”里看得到。"
        row = Deadline.objects.filter(
            about_type=self.case._meta.label_lower, about_id=self.case.pk, kind="objection.window"
        ).first()
        until = f"{_day(today(row.due_at))}以前" if row else "5个工作日以内"
        return (
            f"不服的，{until}可以请别的人复核：手机上打开这件异议点“请复核”，或者到村部、找代办员说一声，口头的也算。"
            "请复核不扣分。到时没有请的，这个决定生效。"
        )

    @property
    def signed(self) -> list[str]:
        """Who signed, by role and name; a lapse is nobody's."""
        decision = self.decision
        if decision.decided_by is None:
            return ["到期自动作出"]
        return [f"{Role(decision.role).label}：{decision.decided_by.name}"]


def of(case: Objection) -> list[Letter]:
    """The letters of a case, the newest first."""
    rows = case.decisions.select_related(
        "decided_by", "objection__village__parent", "objection__subject__area", "objection__entry__rule",
        "objection__rule", "objection__scorecard", "objection__repair", "objection__for_member",
    )  # fmt: skip
    return [Letter(row) for row in rows.order_by("-turn")]


def pdf(letter: Letter) -> bytes:
    """The letter as PDF, of the same content every time. Raises Refused where Pango is not installed."""
    html = render_to_string("appeals/letter_pdf.html", {"letter": letter, "case": letter.case})
    return printed(html, "letter", identifier=str(letter.number))


def _words(entry: Entry, facts) -> str:
    fact = facts.get(entry.source)
    return fact.text if fact else entry.rule.text


def _points(entry: Entry) -> str:
    return format_points(entry.raw_tenths)


def _day(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
