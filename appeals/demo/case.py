"""One objection of the story, from filing to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from appeals import assignments, decisions, facts, hearings, inquiries, objections, papers, waits
from appeals.against import Against
from appeals.demo.stage import Household, scene
from appeals.models import Objection
from appeals.who import eligible
from governance.models import User
from governance.points import Fact


class Case(Household):
    """A household's objection; `officer` is who takes it up if they may. Each step takes its moment first."""

    def __init__(self, story, door: str, how: str = "desk", *, officer: str = "zhuanyuan"):
        super().__init__(story, door, how)
        self.officer = officer
        self.row: Objection | None = None  # once filed

    @scene
    def file(self, at: datetime, against: Callable[[], Against], text: str) -> None:
        """The household says what is wrong."""
        self.row = objections.file(
            against=against(), text=text, how=self.how, for_member=self.head, by=self.speaker, at=at
        )

    @scene
    def claim(self, at: datetime) -> None:
        """An officer takes it onto their desk."""
        assignments.claim(objection=self.row, by=self._who(at), at=at)

    @scene
    def accept(self, at: datetime) -> None:
        """It is taken up."""
        decisions.accept(objection=self.row, by=self._who(at), at=at)

    @scene
    def refuse(self, at: datetime, grounds: str) -> None:
        """It is not taken up."""
        decisions.refuse(objection=self.row, grounds=grounds, by=self._who(at), at=at)

    @scene
    def ask(self, at: datetime, kind: str, whom: Callable[[], User] | str, question: str) -> None:
        """A question is put to somebody with an account, or to a name without one."""
        to = {"to_name": whom} if isinstance(whom, str) else {"to_user": whom()}
        inquiries.ask(objection=self.row, kind=kind, question=question, by=self._who(at), at=at, **to)

    @scene
    def answer(self, at: datetime, kind: str, text: str) -> None:
        """Whoever was asked answers; for a name without an account the officer writes it down."""
        asked = self.row.inquiries.get(kind=kind)
        inquiries.answer(inquiry=asked, text=text, by=asked.to_user or self._who(at), at=at)

    @scene
    def hand_in(self, at: datetime, *files, text: str = "") -> None:
        """The household hands something in."""
        papers.hand_in(objection=self.row, files=files, text=text, by=self.speaker, at=at)

    @scene
    def call(self, at: datetime, takes_place_at: datetime, place: str) -> None:
        """Both sides are called together."""
        hearings.call(objection=self.row, takes_place_at=takes_place_at, place=place, by=self._who(at), at=at)

    @scene
    def hear(self, at: datetime, minutes: str) -> None:
        """They met; the minutes are kept."""
        hearings.hold(hearing=self.row.hearings.get(), minutes=minutes, by=self._who(at), at=at)

    @scene
    def suspend(self, at: datetime, why: str) -> None:
        """The household is waited for."""
        waits.suspend(objection=self.row, why=why, by=self._who(at), at=at)

    @scene
    def extend(self, at: datetime, days: int, why: str) -> None:
        """More time is needed."""
        waits.extend(objection=self.row, days=days, why=why, by=self._who(at), at=at)

    @scene
    def decide(self, at: datetime, outcome: str, grounds: str, *, measure: Fact | None = None) -> None:
        """Whoever acts opens the page and decides."""
        by, seen = self._who(at), facts.seen(self.row, at=at)
        decisions.decide(
            objection=self.row, outcome=outcome, grounds=grounds, seen=seen, measure=measure, by=by, at=at
        )

    @scene
    def ask_review(self, at: datetime, text: str) -> None:
        """The household wants others to look again."""
        decisions.ask_review(objection=self.row, text=text, by=self.speaker, at=at)

    @scene
    def agree(self, at: datetime) -> None:
        """The household is content with the answer."""
        decisions.agree(objection=self.row, by=self.speaker, at=at)

    @scene
    def withdraw(self, at: datetime) -> None:
        """The household does not want it any more."""
        objections.withdraw(objection=self.row, by=self.speaker, at=at)

    def rater(self) -> User:
        """Who recorded the line, or is linked to the household."""
        found = self.row.entry and self.row.entry.observation
        return found.sheet.rater if found else self.subject.links.get(ends__isnull=True).rater

    def leader(self) -> User:
        """Who confirmed the line."""
        return self.row.entry.observation.confirmed_by

    def _who(self, at: datetime) -> User:
        """On whose desk it is, else the one named, else the first who may; the row is read anew."""
        self.row = Objection.objects.get(pk=self.row.pk)
        if self.row.officer:
            return self.row.officer
        may = eligible(self.row, at=at)
        return next((user for user in may if user.username == self.officer), may[0])
