"""The story of 柳溪村 up to now: a settled quarter, months posted since, one being signed, one being rated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import itemgetter

from django.db import transaction

from governance import deadlines
from governance.access import today
from governance.models import Deadline
from governance.models.people import Role
from governance.periods import (
    month_label,
    month_of,
    months_of,
    next_month,
    previous_quarter,
    quarter_label,
    quarter_of,
)  # fmt: skip
from workflows import reviews, sheets, signatures
from workflows.demo import CHAPTERS, ENDINGS, facts, people, quarters, rules, village
from workflows.demo.facts import Seen
from workflows.demo.months import Month, moment
from workflows.demo.village import Village
from workflows.who import confirmers

DAY = timedelta(days=1)
LATE = "shendangyuan"  # his sheet is missing in the second month
FILED = ("zhoudangyuan", "zhengdangyuan", "jiangdangyuan", "yangdangyuan", "zhudangyuan")
RETURNED = "fengdangyuan"
BEGUN = ("wudangyuan", "handangyuan")
VOTED_AGAIN = ("xielishi", "luolishi")
DOUBTED = "117"
FOR_ZHU = "602"  # an item that 朱明远 may settle: he leads the area that he rates in, and lives there
# What happens at certain doors, by month of the settled quarter.
TOLD = (
    ((people.RED, facts.DUMPING), (people.GREEN, facts.SWEEPING), (people.WITHDRAWN, facts.SWEEPING)),
    ((people.GREEN, facts.HONOUR),),
    ((people.RED, facts.BURNING), (people.GREEN, facts.YARD)),
)
TOLD_LAST = ((people.CLAN, facts.SWEEPING), (DOUBTED, facts.PARKING), (people.RED, facts.SORTING))


@dataclass
class Story:
    """The village, the months told, the moment it all ends at, and the scenes still to come."""

    village: Village
    firsts: list[date]
    now: datetime
    scenes: list[tuple[datetime, Callable[[datetime], None]]] = field(default_factory=list)
    facts: list[tuple[int, str, Seen]] = field(default_factory=list)

    def plan(self, at: datetime, scene: Callable[[datetime], None]) -> None:
        """Have something happen at a moment of the past; scenes of one moment keep their order."""
        self.scenes.append((min(at, self.now), scene))

    def see(self, n: int, door: str, seen: Seen) -> None:
        """Have a rater see a fact at a door in the n-th month, counted from 0; chance brings no minus there."""
        self.facts.append((n, door, seen))

    def on(self, n: int, day: int, hour: int = 9) -> datetime:
        """A time told as days from the start of the n-th month."""
        return moment(self.firsts[n] + timedelta(days=day - 1), hour)

    def ago(self, days: int, hour: int = 9) -> datetime:
        """A time some days ago, not later than now."""
        return min(moment(today(self.now) - timedelta(days=days), hour), self.now)

    def until(self, at: datetime) -> None:
        """Play what is planned up to a moment; what falls due on the way happens when it is due."""
        self.scenes.sort(key=itemgetter(0))
        while self.scenes and self.scenes[0][0] <= at:
            then, scene = self.scenes.pop(0)
            _pass_time(then)
            scene(then)
        _pass_time(at)


@transaction.atomic
def tell(now: datetime, say: Callable[[str], None]) -> Village:
    """Make the village and its story, all or nothing; `say` is told each step. It must not be there yet."""
    quarter, firsts = calendar(today(now))
    say(f"建村、任职、入户、定细则，{quarter_label(quarter)}起施行")
    here = _prepare(quarter)
    story = Story(here, firsts, now)
    for chapter in CHAPTERS:
        chapter(story)
    careful = frozenset(door for _, door, _ in story.facts)
    months = [
        Month(here, first, now=now, late=LATE if n == 1 else "", careful=careful)
        for n, first in enumerate(firsts)
    ]
    *posted, last, this = months
    for n, month in enumerate([*posted, last]):
        say(f"{month_label(month.first)}：{'公示过了' if month in posted else '等村两委签字'}")
        month.open()
        if n:
            _end(story, months[n - 1])
        if n == 3:
            quarters.settle(story, quarter, month.first)
        if n == 1:
            village.withdraw(here, month.at(5, 10))
        story.until(month.at(17, 23))
        _collect(month, _told(story, n, is_last=month is last), finish=month is not last)
    _wait_for_signatures(last)
    say(f"{month_label(this.first)}：正在评")
    story.until(this.at(1, 9))
    this.open()
    story.until(this.at(17, 23))
    _rate_half(this)
    story.until(now)
    for ending in ENDINGS:
        ending(story)
    return here


def calendar(day: date) -> tuple[str, list[date]]:
    """The quarter that is settled by a day, and the months from its first to the one the day is in.

    Last month still waits for its signature, so the quarter settled is the newest that ended before it.
    """
    this = month_of(day)
    quarter = previous_quarter(quarter_of(this - DAY))
    firsts = list(months_of(quarter))
    while firsts[-1] < this:
        firsts.append(next_month(firsts[-1]))
    return quarter, firsts


def _prepare(quarter: str) -> Village:
    """In the two months before its first quarter the village is set up and its assembly meets."""
    first = months_of(quarter)[0]
    before = month_of(first - DAY)
    earlier = month_of(before - DAY)
    here = village.found(moment(earlier.replace(day=5), 9))
    draft = rules.announce(here, moment(earlier.replace(day=8), 10))
    rules.adopt(here, draft, quarter, moment(earlier.replace(day=20), 16))
    village.settle(here, moment(before.replace(day=25), 10))
    deadlines.fire_due(moment(first, 0, 5))
    return here


def _told(story: Story, n: int, *, is_last: bool) -> tuple:
    """What happens at certain doors in a month."""
    told = TOLD_LAST if is_last else TOLD[n] if n < len(TOLD) else ()
    return (*told, *((door, seen) for when, door, seen in story.facts if when == n))


def _end(story: Story, month: Month) -> None:
    """Whatever is left to do is done, the window passes, and what fell due on the way happens."""
    if month.late:
        month.finish()
    story.until(month.ends_at)


def _pass_time(at: datetime) -> None:
    """As the ticker would: each deadline fires at its own moment, not all of them at the end."""
    due = Deadline.objects.filter(due_at__lte=at, fired_at__isnull=True, cancelled_at__isnull=True)
    while row := due.order_by("due_at").first():
        deadlines.fire_due(row.due_at)


def _collect(month: Month, told: tuple, *, finish: bool) -> None:
    """What the story needs and what chance brings; a month that waits for a late sheet is finished next month."""
    for door, seen in told:
        month.see(door, seen)
    month.collect()
    if finish and not month.late:
        month.finish()


def _wait_for_signatures(last: Month) -> None:
    """The council has sent the month; the committee doubts one item, on which the council votes again."""
    village.join(last.village, last.at(12, 9))
    contested = last.item(people.RED, facts.SORTING)
    reviews.contest(
        observation=contested, why="照片只拍到一只桶，想再看一看。", by=last.village.user("donglishi"),
        at=last.at(24, 9),
    )  # fmt: skip
    last.review()
    last.send(max(last.at(26, 16), last.now - 3 * DAY))
    rules.begin_next(last.village, last.now - 2 * DAY)
    doubted, sent_back = last.item(DOUBTED, facts.PARKING), last.now - DAY
    signatures.send_back(
        observation=doubted, why="看不出停了多久，请再问一问。", by=last.village.having(Role.COMMITTEE)[1],
        at=sent_back,
    )  # fmt: skip
    doubted.refresh_from_db()
    last.vote(doubted, at=sent_back, only=VOTED_AGAIN)


def _rate_half(this: Month) -> None:
    """Some sheets are handed in, one came back, some are begun, some are still blank."""
    this.see(FOR_ZHU, facts.SWEEPING)
    for sheet in this.round.sheets.select_related("rater", "area"):
        if sheet.rater.username in (*FILED, RETURNED, *BEGUN):
            this.rate(sheet)
        if sheet.rater.username in (*FILED, RETURNED):
            this.file(sheet)
        if sheet.rater.username == RETURNED:
            at = this.at(22, 8)
            leader = confirmers(sheet, at=at)[0]
            sheets.send_back(sheet=sheet, why="有一户上月刚记过同一件事，请核对日子。", by=leader, at=at)
