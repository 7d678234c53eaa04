"""One month of 柳溪村, step by step through the services; each step at its own time, never later than now.

Times are told as days from the start of the month: the 36th is some day of the next one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from random import Random

from django.db.models import F
from django.utils import timezone

from governance import deadlines
from governance.access import today
from governance.models import Rule, Subject, VoidRule
from governance.models.people import Role
from governance.periods import next_month
from workflows import ballots, observations, publications, reviews, rounds, second_ratings, sheets, signatures
from workflows.demo import facts, people
from workflows.demo.facts import Seen
from workflows.demo.village import Village
from workflows.models import Observation, Round, SecondRating, Sheet
from workflows.standins import Diverted
from workflows.who import settlers, voters

_REASONS = ("看了照片，属实。", "问过当事人，是这样。", "地点和日子都对得上。", "照片清楚，同意。")
_APPROVE = ballots.Choice.APPROVE
_WAITED = 8  # days


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A local time on a day."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


class Month:
    """A month and its round. `now` is the moment the whole story ends at.

    `late` is the rater whose sheet does not come in: the month then waits for its due date before the council
    meets. At the doors of `careful` chance brings no deduction: a case is about theirs.
    """

    def __init__(
        self, village: Village, first: date, *, now: datetime, late: str = "",
        careful: Collection[str] = (),
    ):  # fmt: skip
        self.village, self.first, self.now, self.late = village, first, now, late
        self.careful = careful
        self.random = Random(f"柳溪村{first:%m}")
        self.round: Round | None = None  # once open

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """A time on a day counted from the first, or now if that is still to come."""
        return min(moment(self.first + timedelta(days=day - 1), hour, minute), self.now)

    def after(self, day: int, hour: int) -> datetime:
        """As at(), for what follows the raters' work: later in a month that waited for its due date."""
        return self.at(day + (_WAITED if self.late else 0), hour)

    def open(self) -> None:
        """The clerk opens the month."""
        self.round = rounds.open_month(
            village=self.village.place, month=self.first, by=self.village.clerk, at=self.at(1, 9)
        )

    def see(self, door: str, seen: Seen) -> Observation:
        """One fact that the story needs at a certain door."""
        subject = self.village.subjects[door]
        sheet = self.round.sheets.get(lines__subject=subject)
        return self._draft(sheet, subject, seen, at=self.at(18, 18))

    def rate(self, sheet: Sheet) -> None:
        """A rater writes down what there was in the area and says "nothing" for the rest."""
        left = [line.subject for line in sheet.lines.filter(verdict="todo").select_related("subject")]
        void = set(VoidRule.objects.values_list("rule__number", flat=True))
        free = [subject for subject in left if self._door(subject) not in _TOLD]
        for subject in self.random.sample(free, min(len(free), self.random.choice((1, 1, 2, 3)))):
            self._draft(sheet, subject, self._something(subject, void), at=self._evening(sheet))
        sheets.nothing(sheet=sheet, by=sheet.rater, at=self._evening(sheet))

    def file(self, sheet: Sheet) -> None:
        """A rater hands in."""
        sheets.file(sheet=sheet, by=sheet.rater, at=self._evening(sheet))

    def confirm(self, sheet: Sheet) -> None:
        """The area's leader settles each item, then the sheet; the first hours of a month are one too many."""
        at = self.at(23, 15)
        items = list(sheet.observations.filter(state=Observation.State.FILED).select_related("rule"))
        may = settlers([(sheet, None), *((sheet, item) for item in items)], at=at)
        for item in items:
            leader = may[sheet.pk, item.pk][0]
            if self._is_overstated(item):
                fact = observations.Fact(
                    item.fact, item.occurred_on, quantity_milli=item.quantity_milli - 1000
                )
                observations.adjust(observation=item, fact=fact, why="签到表上少一小时。", by=leader, at=at)
            else:
                observations.confirm(observation=item, by=leader, at=at)
        rounds.confirm_sheet(sheet=sheet, by=may[sheet.pk, None][0], at=at)

    def look_again(self) -> None:
        """Households drawn are looked at again: most raters saw the same, some not, some cannot say."""
        chance, at = Random(f"再看{self.first:%Y%m}"), self.after(24, 18)
        rows = self.round.second_ratings.filter(state=SecondRating.State.ASKED)
        for row in rows.select_related("rater", "subject").order_by("area", "subject__door_order"):
            first = self.round.observations.filter(subject=row.subject).exclude(
                state=Observation.State.WITHDRAWN
            )
            seen = {item.rule for item in first.select_related("rule")}
            lot = chance.random()
            other = {self.village.rules[facts.SWEEPING.rule]} if not seen else set()
            second_ratings.answer(
                rating=row, rules=seen if lot < 0.75 else other, knows=lot < 0.9, by=row.rater, at=at
            )

    def review(self) -> None:
        """The council votes on what is large and approves the rest together, each member what is not theirs."""
        self.look_again()
        waiting = self.round.observations.filter(state=Observation.State.CONFIRMED)
        for item in waiting.filter(needs_ballot=True):
            self.vote(item, at=self.after(24, 20))
        left = list(waiting.filter(needs_ballot=False).select_related("sheet"))
        for member in self.village.having(Role.COUNCIL):
            out = reviews.not_mine_to_approve(left, by=member, at=self.after(25, 20))
            mine = [item for item in left if item.pk not in out]
            if mine:
                reviews.approve_together(
                    round=self.round, observations=mine, by=member, at=self.after(25, 20)
                )
            left = [item for item in left if item.pk in out]

    def vote(self, item: Observation, *, at: datetime, only: tuple[str, ...] = ()) -> None:
        """All who are eligible vote for an item, or only some of them."""
        for member in voters(item, at=at):
            if only and member.username not in only:
                continue
            reason = self.random.choice(_REASONS)
            ballots.cast(observation=item, choice=_APPROVE, reason=reason, by=member, at=at)

    def send(self, at: datetime | None = None) -> None:
        """The council sends the month to the village committee."""
        sender = self.village.having(Role.COUNCIL)[0]
        self.round = rounds.send_to_committee(
            round=self.round, word="都审过了。", by=sender, at=at or self.after(26, 16)
        )

    def sign(self) -> None:
        """The committee signs, as many of them as it takes to cover every item."""
        for member in self.village.having(Role.COMMITTEE):
            signed = signatures.standing(self.round).exists()
            if not signed or signatures.waiting_for(self.round, member, at=self.after(27, 10)):
                self.round = signatures.sign(
                    round=self.round, word="同意公示。", by=member, at=self.after(27, 10)
                )

    def publish(self) -> None:
        """The clerk posts the notice."""
        publications.publish_round(round=self.round, by=self.village.clerk, at=self.after(28, 9))

    def finish(self) -> None:
        """The council, the committee and the clerk do their part."""
        self.review()
        self.send()
        self.sign()
        self.publish()

    @property
    def ends_at(self) -> datetime:
        """When its window is over and all that fell due on the way has happened."""
        return self.after(37, 12)

    def item(self, door: str, seen: Seen) -> Observation:
        """The item that came of a fact at a door."""
        return self.round.observations.get(
            subject=self.village.subjects[door], rule=self.village.rules[seen.rule]
        )

    def collect(self) -> None:
        """Every sheet is filled in; all but the late one are handed in and confirmed."""
        for sheet in self.round.sheets.select_related("rater", "area"):
            self.rate(sheet)
            if sheet.rater.username != self.late:
                self.file(sheet)
        for sheet in self.round.sheets.filter(state=Sheet.State.FILED):
            self.confirm(sheet)
        if self.late:
            deadlines.fire_due(moment(next_month(self.first), 0, 5))
        self.round.refresh_from_db()

    def _draft(self, sheet: Sheet, subject: Subject, seen: Seen, *, at: datetime) -> Observation:
        rule = self.village.rules[seen.rule]
        day = self.first.replace(day=self.random.randint(1, min(today(at).day, 17)))
        fact = seen.as_fact(day, rule, self.random)
        row = observations.draft(sheet=sheet, subject=subject, rule=rule, fact=fact, by=sheet.rater, at=at)
        # Whose work the household objected to writes down no deduction on it: another rater saw it too.
        return self._draft(row.to, subject, seen, at=at) if isinstance(row, Diverted) else row

    def _something(self, subject: Subject, void: set[str]) -> Seen:
        minus = self.random.random() < 0.12 and self._door(subject) not in self.careful
        pool = [seen for seen in (facts.MINUS if minus else facts.PLUS) if seen.rule not in void]
        return self.random.choice([seen for seen in pool if seen.suits(subject, self.village.rules)])

    def _is_overstated(self, item: Observation) -> bool:
        adjusted = self.round.observations.exclude(filed_quantity_milli=F("quantity_milli"))
        return item.rule.shape == Rule.Shape.PER_UNIT and item.quantity_milli > 1000 and not adjusted.exists()

    def _evening(self, sheet: Sheet) -> datetime:
        return self.at(18 + sheet.rater_id % 4, 19, sheet.rater_id % 50)

    @staticmethod
    def _door(subject: Subject) -> str:
        return subject.door.removesuffix("号")


# What happens at these doors is part of the story, not chance.
_TOLD = {people.GREEN, people.BLUE, people.RED, people.WITHDRAWN, people.CLAN}
