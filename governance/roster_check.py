"""Reads the cells of one roster row and says, cell by cell, what must be mended. No database.

Children under 14 are left out of what is kept: such a cell is listed as not stored, and the rest goes in.
Source: design 2-domain.md; PIPL 31.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from governance import consents, identity
from governance.crypto import normalise
from governance.identity import Person
from governance.models import Division, Subject, User
from governance.refusals import Invalid
from governance.roster_file import COLUMNS, RosterRow

KINDS = {label: kind for kind, label in Subject.Kind.choices}
PAPER = {"纸上", "纸质", "书面", "纸", "本人在纸上签的"}
ONLINE = {"手机", "手机上", "线上", "网上", "本人在手机上点的"}
_LONGEST = {"area": 30, "door": 40, "name": 60}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
_BETWEEN_PEOPLE = re.compile(r"[、，,;；\n]+(?![^(（]*[)）])")  # not inside brackets
_NAMED = re.compile(r"([^\d(（]+)[(（]?([^)）]*)[)）]?")
_NOBODY = {"", "无", "没有", "-", "—"}
_GROWN = {"妻", "妻子", "丈夫", "老伴", "配偶", "父", "母", "父亲", "母亲", "爷爷", "奶奶", "儿媳", "女婿"}
_AGE = re.compile(r"(\d{1,3})(?:周)?岁")
_BIRTH = re.compile(r"((?:19|20)\d{2})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?[日月年生]*")


@dataclass(frozen=True)
class Finding:
    """Something about a cell: in which lines of the file, what is written there, and what to do."""

    lines: tuple[int, ...]
    column: str
    written: str
    say: str

    @property
    def where(self) -> str:
        """The lines in words; three or more in a row as a range: 2至9、12."""
        said = []
        # What follows on without a gap keeps the same distance to its place in the order.
        for _, run in groupby(enumerate(self.lines), lambda each: each[1] - each[0]):
            run = [str(line) for _, line in run]
            said += run if len(run) < 3 else [f"{run[0]}至{run[-1]}"]
        return f"第{'、'.join(said)}行"

    def __str__(self):
        return f"{self.where} {self.column}“{self.written or '（空）'}”：{self.say}。"


@dataclass
class Notes:
    """What was found, by what it means for saving."""

    must_fix: list[Finding] = field(default_factory=list)
    please_look: list[Finding] = field(default_factory=list)
    not_stored: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Household:
    """A row understood. `consent_on` is empty when nobody agreed or the paper does not count."""

    row: RosterRow
    kind: str
    head: Person
    others: tuple[Person, ...]
    consent_on: date | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by on a second import, within its village: area, door, kind."""
        return self.row.area, self.row.door, self.kind


class RowCheck:
    """Checks one row; `household` is None when something must be mended first."""

    def __init__(self, row: RosterRow, village: Division, clerk: User | None, on: date, notes: Notes):
        self.row, self.village, self.clerk, self.on, self.notes = row, village, clerk, on, notes
        before = len(notes.must_fix)
        self._place()
        head = self._person("head", row.head, row.phone, row.id_number)
        others = self._others()
        agreed = self._consent(head)
        is_good = len(notes.must_fix) == before
        self.household = Household(row, KINDS[row.kind], head, others, agreed) if is_good else None

    def _place(self) -> None:
        self._code()
        for name, longest in _LONGEST.items():
            written = getattr(self.row, name)
            if not written:
                self._fix(name, f"要写{COLUMNS[name]}")
            elif len(written) > longest:
                self._fix(name, f"太长了，最多{longest}个字")
        if self.row.kind not in KINDS:
            self._fix("kind", "只能写户、商户、企业")

    def _code(self) -> None:
        code = self.row.code
        if code == self.village.code:
            return
        off = len(code) - 12
        if not code.isdigit() or off:
            how = f"少了{-off}位" if off < 0 else f"多了{off}位" if off else "只能写数字"
            self._fix(
                "code", f"{how}，要12位" if code else f"要写村代码，{self.village}是{self.village.code}"
            )
        else:
            self._fix("code", f"这不是{self.village}的代码，{self.village}是{self.village.code}")

    def _person(self, column: str, name: str, phone: str, id_number: str) -> Person | None:
        """The head, with every cell that cannot be taken noted under its own column."""
        try:
            return identity.clean(Person(name, phone, id_number), self.on)
        except Invalid as invalid:
            for wrong, say in invalid.errors.items():
                here = {"name": column, "phone": "phone", "id_number": "id_number"}[wrong]
                empty = here == "head" and not name
                self._fix(here, "要写户主，同意由户主给" if empty else say.rstrip("。"))
        return None

    def _others(self) -> tuple[Person, ...]:
        texts = (text.strip() for text in _BETWEEN_PEOPLE.split(self.row.others))
        read = [self._other(text) for text in texts if text not in _NOBODY]
        people = tuple(person for person in read if person)
        names = [normalise(person.name) for person in people]
        if len({*names, normalise(self.row.head)}) <= len(names):
            self._fix("others", "同一个名字写了两次，户主也不用再写在这里")
        return people

    def _other(self, text: str) -> Person | None:
        """Another adult; None for a child, who is not stored, and for what cannot be read."""
        name, about = _NAMED.fullmatch(text).groups() if _NAMED.fullmatch(text) else (text, "")
        try:
            words = _Words(about, self.on)
            if words.is_child:
                self._note(
                    self.notes.not_stored, "others", "孩子的名字不存，这一户别的照存", "里面有不满14岁的孩子"
                )
                return None
            if " " in name.strip() and len(name) > 5:
                raise Invalid(others="几个人之间用顿号隔开")
            return identity.clean(Person(name, words.phone, words.id_number), self.on)
        except Invalid as invalid:
            self._fix("others", f"“{text}”看不明白：{invalid}".rstrip("。"))
            return None

    def _consent(self, head: Person | None) -> date | None:
        row = self.row
        if not row.consent_on:
            if row.consent_how or row.witness:
                self._look("consent_on", "没写哪天同意，先存成未参加")
            return None
        day = self._day()
        if day is None:
            return None
        if row.consent_how in ONLINE:
            self._look("consent_how", "手机上的同意要本人自己点，表里写的不算，先存成未参加")
        elif row.consent_how not in PAPER:
            self._look("consent_how", "请写“纸上”，现在看不出怎么同意的，先存成未参加")
        elif head and identity.is_minor(head.id_number, self.on):
            self._look("id_number", "户主不满18岁，签的字不算同意，先存成未参加")
        elif self._is_witnessed():
            return day
        return None

    def _day(self) -> date | None:
        found = _DATE.fullmatch(self.row.consent_on)
        if not found:
            self._fix("consent_on", "看不出是哪天，写成2026-12-05这样")
            return None
        year, month, day = (int(part) for part in found.groups() if part)
        try:
            return date(year, month, day)
        except ValueError:
            wrong = f"没有{month}月" if not 1 <= month <= 12 else f"{month}月没有{day}日"
            self._fix("consent_on", f"{wrong}，写成2026-12-05这样")
            return None

    def _is_witnessed(self) -> bool:
        try:
            consents.check_witness(self.row.witness, signer=self.row.head, clerk=self.clerk)
        except Invalid as invalid:
            say = "没有见证人不算同意" if not self.row.witness else str(invalid).rstrip("。")
            self._look("witness", f"{say}，先存成未参加")
            return False
        return True

    def _fix(self, column: str, say: str) -> None:
        self._note(self.notes.must_fix, column, say)

    def _look(self, column: str, say: str) -> None:
        self._note(self.notes.please_look, column, say)

    def _note(self, notes: list[Finding], column: str, say: str, written: str | None = None) -> None:
        text = getattr(self.row, column) if written is None else written
        notes.append(Finding((self.row.line,), COLUMNS[column], text, say))


class _Words:
    """What stands in brackets behind a name: ID number, phone, age or birth, in any order.

    Raises Invalid for words that are none of these: a child must not slip in behind them.
    """

    def __init__(self, text: str, on: date):
        self.on, self.phone, self.id_number, self.is_child = on, "", "", False
        for word in re.split(r"[\s，,、]+", text.strip()):
            if word:
                self._take(word)

    def _take(self, word: str) -> None:
        if word in _GROWN:
            return
        for read in (self._age, self._birth, self._number):
            if read(word):
                return
        raise Invalid(others="括号里只写身份证号、手机、几岁或出生年月")

    def _age(self, word: str) -> bool:
        found = _AGE.fullmatch(word)
        self.is_child |= bool(found) and int(found[1]) < identity.STORED_FROM
        return bool(found)

    def _birth(self, word: str) -> bool:
        found = _BIRTH.fullmatch(word) or re.fullmatch(r"((?:19|20)\d{2})(\d{2})(\d{2})", word)
        if not found:
            return False
        try:
            born = date(int(found[1]), int(found[2] or 12), int(found[3] or 28))
        except ValueError as error:
            raise Invalid(others=f"没有“{word}”这一天") from error
        self.is_child |= identity.age(born, self.on) < identity.STORED_FROM
        return True

    def _number(self, word: str) -> bool:
        if len(word) == 18:
            self.id_number = identity.clean_id(word)
            self.is_child |= identity.is_child(self.id_number, self.on)
        elif len(word) == 11:
            self.phone = identity.clean_phone(word)
        return len(word) in (11, 18)
