"""Reads a roster file beside what the village has, and says what taking it in would do, row by row.

A household is known by village, area, door and kind, so the same file taken in again changes nothing. An import
adds and corrects; it never withdraws a consent, removes a person or changes a head: a blank cell leaves what is
there. Nothing is written here, see roster_import.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch

from governance import consents
from governance.access import check_role, staff, today
from governance.crypto import normalise
from governance.deeds import said
from governance.identity import Person
from governance.models import Area, Consent, Division, Link, Member, Notice, Subject, User
from governance.models.people import Role
from governance.refusals import Invalid
from governance.roster_check import Finding, Household, Notes, RowCheck
from governance.roster_file import COLUMNS, RosterRow, read_rows, write_marked


@dataclass
class Change:
    """What one row would do: open a file, or bring the one that is there up to date."""

    home: Household
    existing: Subject | None
    rater: User | None = None  # who is to take the household over; None leaves it as it is
    is_renamed: bool = False
    head: Member | None = None
    corrected: list[tuple[Member, Person]] = field(default_factory=list)
    added: list[Person] = field(default_factory=list)
    consent_on: date | None = None

    @property
    def does_something(self) -> bool:
        """Is there anything to write."""
        return bool(
            self.existing is None
            or self.rater
            or self.is_renamed
            or self.corrected
            or self.added
            or self.consent_on
        )


@dataclass
class Preview:
    """A file as it would be taken in. Nothing can be saved while `must_fix` is not empty."""

    rows: Sequence[RosterRow]
    notes: Notes
    changes: list[Change]

    @property
    def must_fix(self) -> list[Finding]:
        """What stands in the way."""
        return self.notes.must_fix

    @property
    def please_look(self) -> list[Finding]:
        """What goes in, but not as one might expect."""
        return self.notes.please_look

    @property
    def not_stored(self) -> list[Finding]:
        """Cells of which a part is left out."""
        return self.notes.not_stored

    @property
    def ok(self) -> int:
        """Rows about which there is nothing to say."""
        found = (*self.must_fix, *self.please_look, *self.not_stored)
        return len(self.rows) - len({line for finding in found for line in finding.lines})

    @property
    def created(self) -> int:
        """Households that are new."""
        return sum(change.existing is None for change in self.changes)

    @property
    def changed(self) -> int:
        """Households that are brought up to date."""
        return sum(change.existing is not None and change.does_something for change in self.changes)

    @property
    def unchanged(self) -> int:
        """Households that are as the file says already."""
        return sum(not change.does_something for change in self.changes)

    def marked_workbook(self) -> bytes:
        """The table as XLSX with what to mend beside each row."""
        advice = defaultdict(list)
        for finding in (*self.must_fix, *self.please_look, *self.not_stored):
            for line in finding.lines:
                advice[line].append(f"{finding.column}：{finding.say}。")
        return write_marked(self.rows, {line: "".join(says) for line, says in advice.items()})


def preview(data: bytes, *, village: Division, by: User | None, at: datetime) -> Preview:
    """What taking this file in would do; writes nothing. `by` is the clerk, None at the operator's console.

    Raises Refused (not the clerk) or Invalid(file=…) when the file as a whole cannot be read.
    """
    if by:
        check_role(by, Role.CLERK, village=village, at=at)
    return _Reader(village, by, at).read(read_rows(data))


class _Reader:
    """Holds what the village has, and sets the rows of a file beside it."""

    def __init__(self, village: Division, by: User | None, at: datetime):
        self.village, self.by, self.at = village, by, at
        self.notes = Notes()
        self.notices = list(Notice.objects.all())
        self.areas = set(Area.objects.filter(village=village).values_list("name", flat=True))
        self.raters = defaultdict(list)
        for rater in staff(Role.RATER, village, at=at):
            self.raters[normalise(rater.name)].append(rater)
        self.subjects = {(s.area.name, s.door, s.kind): s for s in _subjects(village)}
        self.homes = {  # where each ID number of the village lives
            member.id_number: subject
            for subject in self.subjects.values()
            for member in subject.here
            if member.id_number
        }

    def read(self, rows: Sequence[RosterRow]) -> Preview:
        day = today(self.at)
        read = [RowCheck(row, self.village, self.by, day, self.notes).household for row in rows]
        homes = [home for home in read if home]
        self._between(homes)
        changes = [self._change(home) for home in homes]
        for found in (self.notes.must_fix, self.notes.please_look, self.notes.not_stored):
            found[:] = _gathered(found)
        return Preview(rows, self.notes, changes)

    def _between(self, homes: Iterable[Household]) -> None:
        """What only shows when rows stand side by side: the same door, ID number or phone twice, a new area."""
        doors, numbers, phones, areas = (defaultdict(list) for _ in range(4))
        for home in homes:
            doors[home.key].append(home.row)
            if home.row.area not in self.areas:
                areas[home.row.area].append(home.row)
            for person in (home.head, *home.others):
                numbers[person.id_number].append(home.row)
                phones[person.phone].append(home.row)
        fix, look = self.notes.must_fix, self.notes.please_look
        _repeats(doors, "door", "同一个片、门牌号和类别写了两次，请核对，或者加上“之1”“之2”", fix)
        _repeats(numbers, "id_number", "同一个身份证号写了两次，一个人只在一户，请核对", fix)
        _repeats(phones, "phone", "几位写了同一个号。合用的，用代办的办法登录", look)
        for area, where in areas.items():
            lines = tuple(row.line for row in where)
            look.append(Finding(lines, COLUMNS["area"], area, "村里还没有这个片，存的时候新建"))

    def _change(self, home: Household) -> Change:
        change = Change(home, self.subjects.get(home.key))
        change.rater = self._rater(home, change.existing)
        if change.existing is None:
            change.added = list(home.others)
        else:
            self._compare(change, home, change.existing)
        for person in (home.head, *home.others):
            lives_in = self.homes.get(person.id_number)
            if lives_in and lives_in != change.existing:
                where = f"{lives_in.area.name}{lives_in.door}"
                self._fix(
                    home, "id_number", f"这个号码在{where}那一户，一个人只在一户，请核对", person.id_number
                )
        change.consent_on = self._consent(change)
        return change

    def _compare(self, change: Change, home: Household, subject: Subject) -> None:
        change.head = next(member for member in subject.here if member.is_head)
        change.is_renamed = subject.name != home.row.name
        if normalise(change.head.name) != normalise(home.head.name):
            say = "村里登记的户主是别人。换户主请到这一户的页面办，表里照登记的写"
            self._fix(home, "head", say, home.head.name)
            return
        here = {normalise(member.name): member for member in subject.here}
        for person in (home.head, *home.others):
            member = here.get(normalise(person.name))
            if member is None:
                change.added.append(person)
            elif _merged(member, person) != _written(member):
                change.corrected.append((member, _merged(member, person)))

    def _rater(self, home: Household, subject: Subject | None) -> User | None:
        """Who is to take the household over; None when nothing changes or it cannot be."""
        if not home.row.rater:
            if subject is None or not subject.open_links:
                self._look(home, "rater", "还没有联户党员，存好以后到户册里补")
            return None
        named = self.raters.get(normalise(home.row.rater), [])
        if len(named) != 1:
            say = "村里有几位同名，请先把账号上的姓名改得分得开" if named else "村里没有这个人，请核对名字"
            self._fix(home, "rater", say, home.row.rater)
            return None
        [rater] = named
        family = {normalise(person.name) for person in (home.head, *home.others)}
        if subject and any(member.user_id == rater.pk for member in subject.here):
            self._fix(home, "rater", "自己家不能自己评，请换一位", home.row.rater)
        elif normalise(rater.name) in family:
            say = "这一户有人同名。要是同一位，请换人：自己家不能自己评"
            self._look(home, "rater", say, home.row.rater)
        is_same = subject and any(link.rater_id == rater.pk for link in subject.open_links)
        return None if is_same else rater

    def _consent(self, change: Change) -> date | None:
        """The day of a new consent of the head; None when it stands already or does not count."""
        home, given_on = change.home, change.home.consent_on
        earlier = change.head.scoring if change.head else []
        standing = [consent for consent in earlier if not consent.withdrawn_on]
        if standing:
            if given_on and given_on not in {consent.given_on for consent in standing}:
                say = f"{said(standing[0].given_on)}已经同意过，照那天算"
                self._look(home, "consent_on", say, home.row.consent_on)
            return None
        if given_on is None:
            return None
        try:
            consents.check_given_on(given_on, earlier, self.at, self.notices)
        except Invalid as invalid:
            stop = given_on > today(self.at)
            say = str(invalid).rstrip("。")
            (self._fix if stop else self._look)(home, "consent_on", say, home.row.consent_on)
            return None
        return given_on

    def _fix(self, home: Household, column: str, say: str, written: str = "") -> None:
        self.notes.must_fix.append(Finding((home.row.line,), COLUMNS[column], written, say))

    def _look(self, home: Household, column: str, say: str, written: str = "") -> None:
        self.notes.please_look.append(Finding((home.row.line,), COLUMNS[column], written, say))


def _subjects(village: Division) -> Iterable[Subject]:
    """The open files of a village with who lives there (`here`), their scoring consents and the open link."""
    scoring = Prefetch("consents", Consent.objects.filter(purpose=Consent.Purpose.SCORING), to_attr="scoring")
    here = Member.objects.filter(left_on__isnull=True).prefetch_related(scoring)
    return (
        Subject.objects.living()
        .filter(village=village)
        .select_related("area")
        .prefetch_related(
            Prefetch("members", here, to_attr="here"),
            Prefetch("links", Link.objects.filter(ends__isnull=True), to_attr="open_links"),
        )
    )


def _written(member: Member) -> Person:
    return Person(member.name, member.phone or "", member.id_number or "")


def _merged(member: Member, person: Person) -> Person:
    """What is written now, over what is known: a blank cell leaves what is there."""
    return Person(person.name, person.phone or member.phone or "", person.id_number or member.id_number or "")


def _repeats(found: dict, column: str, say: str, notes: list[Finding]) -> None:
    for written, rows in found.items():
        if written and len(rows) > 1:
            text = written if isinstance(written, str) else "".join(written[:2])
            notes.append(Finding(tuple(dict.fromkeys(row.line for row in rows)), COLUMNS[column], text, say))


def _gathered(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that say the same about the same words, as one with all its lines; in order of lines."""
    same = defaultdict(list)
    for finding in findings:
        same[finding.column, finding.written, finding.say] += finding.lines
    return sorted(
        (Finding(tuple(lines), *about) for about, lines in same.items()), key=lambda finding: finding.lines
    )
