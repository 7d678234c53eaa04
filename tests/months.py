"""Drive 柳溪村 through its month by the real services, to any state: nothing is written past them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from governance import deadlines
from tests.people import World
from workflows import ballots, observations, publications, reviews, rounds, sheets, signatures
from workflows.models import Observation, Round, Sheet
from workflows.observations import Fact

OCTOBER = date(2026, 10, 1)


def photo(name="photo.jpg") -> SimpleUploadedFile:
    """A small real photo."""
    stream = BytesIO()
    Image.new("RGB", (32, 24), "grey").save(stream, "JPEG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/jpeg")


@dataclass
class Month:
    """One round and the clock it is told by; each method is one step forward."""

    world: World
    at: datetime
    month: date = OCTOBER
    round: Round | None = None
    items: dict[str, Observation] = field(default_factory=dict)

    def open(self) -> Month:
        """The clerk opens the month."""
        self.round = rounds.open_month(
            village=self.world.village, month=self.month, by=self.world.clerk, at=self.at
        )
        return self

    def sheet(self, rater, area=None) -> Sheet:
        """A rater's sheet (of an area)."""
        found = self.round.sheets.filter(rater=rater)
        return (found.filter(area=area) if area else found).get()

    def observe(self, name: str, subject, rule: str, *, rater=None, **fact) -> Observation:
        """A rater writes down one fact, with a photo unless told otherwise."""
        sheet = self.round.sheets.get(lines__subject=subject)
        day = fact.pop("occurred_on", self.month + timedelta(days=9))
        photos = fact.pop("photos", (photo(),))
        self.items[name] = observations.draft(
            sheet=sheet, subject=subject, rule=self.world.rules[rule],
            fact=Fact(fact=fact.pop("fact", f"看见{name}"), occurred_on=day, photos=photos, **fact),
            by=rater or sheet.rater, at=self.at,
        )  # fmt: skip
        return self.items[name]

    def file_all(self) -> Month:
        """Every rater says "nothing" for the rest and hands in."""
        for sheet in self.round.sheets.filter(state__in=[Sheet.State.OPEN, Sheet.State.RETURNED]):
            sheets.nothing(sheet=sheet, by=sheet.rater, at=self.at)
            sheets.file(sheet=sheet, by=sheet.rater, at=self.at)
        return self

    def confirm_all(self) -> Month:
        """The group leaders take every item and every sheet as filed."""
        from workflows.who import confirmers

        for sheet in self.round.sheets.filter(state=Sheet.State.FILED):
            for item in sheet.observations.filter(state=Observation.State.FILED):
                leader = confirmers(sheet, at=self.at, item=item)[0]
                observations.confirm(observation=item, by=leader, at=self.at)
            rounds.confirm_sheet(sheet=sheet, by=confirmers(sheet, at=self.at)[0], at=self.at)
        self.round.refresh_from_db()
        return self

    def vote(self, item: Observation, *choices: str) -> Observation:
        """The eligible members vote in order; one choice stands for all of them."""
        from workflows.who import voters

        item.refresh_from_db()
        eligible = voters(item, at=self.at)
        for user, choice in zip(
            eligible, choices * len(eligible) if len(choices) == 1 else choices, strict=False
        ):
            ballots.cast(observation=item, choice=choice, reason="看了照片。", by=user, at=self.at)
        item.refresh_from_db()
        return item

    def review_all(self) -> Month:
        """The council approves everything: small items together, large ones by ballot."""
        waiting = self.round.observations.filter(state=Observation.State.CONFIRMED)
        for item in waiting.filter(needs_ballot=True):
            self.vote(item, "approve")
        small = list(waiting.filter(needs_ballot=False))
        if small:
            reviews.approve_together(round=self.round, observations=small, by=self.world.lin, at=self.at)
        return self

    def send(self) -> Month:
        """The council signs first and sends the month to the committee."""
        self.round = rounds.send_to_committee(round=self.round, word="", by=self.world.lin, at=self.at)
        return self

    def sign(self) -> Month:
        """The committee signs."""
        self.round = signatures.sign(round=self.round, word="", by=self.world.committee[0], at=self.at)
        return self

    def publish(self) -> Month:
        """The clerk posts the notice."""
        publications.publish_round(round=self.round, by=self.world.clerk, at=self.at)
        self.round.refresh_from_db()
        return self

    def wait(self, days: int) -> Month:
        """Days pass; what is due fires."""
        self.at += timedelta(days=days)
        deadlines.fire_due(self.at)
        self.round.refresh_from_db()
        return self

    def to_review(self) -> Month:
        """Open, filed and confirmed."""
        return self.file_all().confirm_all()

    def to_publication(self) -> Month:
        """Everything up to the posted notice."""
        return self.to_review().review_all().send().sign().publish()
