"""What the linter goes by: its grounds, the sources behind them, and how a topic of words is recognised.

Sources are data: a provision that changes gets an end date and a new record beside it.
The words themselves are in lexicon_protected.py, lexicon_vague.py and lexicon_conduct.py.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Ground(StrEnum):
    """Why a row is not plainly accepted; the values are printed by the commands and never change."""

    PROTECTED = "protected-conduct"  # limit 2 of the product: never scored, plus or minus
    SENSITIVE = "sensitive-data"  # health, records of offences, credit, family life
    OFFICE = "office-duty"  # duties of an office or membership, which fall on a whole household here
    GRADE_JUMP = "grade-jump"  # a colour or grade set directly
    UNREADABLE_POINTS = "unreadable-points"  # no shape carries what the points cell says
    UNREADABLE_CAP = "unreadable-cap"  # a limit that no window carries
    VAGUE = "vague"  # nothing to measure by
    DISCRETION = "one-sided-discretion"  # a span of points without a criterion
    NO_EVIDENCE = "no-evidence"  # a deduction that names no evidence
    UNKNOWN_CONDUCT = "unknown-conduct"  # on none of the kinds of conduct a rulebook may score
    LINKED_ROWS = "linked-rows"  # proposed as one family or one exclusive group
    DUPLICATE = "duplicate"  # the same words as an earlier row
    SELF_SET = "self-set-limit"  # an empty slot for the village's own items


@dataclass(frozen=True, slots=True)
class Source:
    """A provision: where it stands, since when, until when, and what it says in plain words."""

    code: str
    title: str
    article: str
    in_force_from: date
    plain: str
    in_force_to: date | None = None

    def __str__(self) -> str:
        return (
            f"《{self.title}》{self.article}"
            if self.article.startswith("第")
            else f"{self.title}，{self.article}"
        )


_PIPL = ("个人信息保护法", date(2021, 11, 1))
_CONSTITUTION = ("宪法", date(1982, 12, 4))


def _of(law: tuple[str, date], code: str, article: str, plain: str) -> Source:
    return Source(code, law[0], article, law[1], plain)


PETITION = Source(
    "petition-18", "信访工作条例", "第十八条", date(2022, 5, 1), "向上反映问题受保护，谁也不许为这事为难人。"
)
COMPLAINT = _of(_CONSTITUTION, "constitution-41", "第四十一条", "公民有批评、建议、申诉、控告、检举的权利。")
SPEECH = _of(_CONSTITUTION, "constitution-35", "第三十五条", "公民有言论、集会、游行、示威的自由。")
FAITH = _of(_CONSTITUTION, "constitution-36", "第三十六条", "公民有宗教信仰自由。")
ETHNICITY = _of(_CONSTITUTION, "constitution-4", "第四条", "各民族一律平等。")
LITIGATION = Source(
    "civil-procedure-8", "民事诉讼法", "第八条", date(2024, 1, 1), "法院要方便当事人行使诉讼权利。"
)
BIRTH = Source(
    "population-18", "人口与计划生育法", "第十八条", date(2021, 8, 20), "生几个孩子由夫妻依法安排。"
)
DIGNITY = Source("civil-code-109", "民法典", "第一百零九条", date(2021, 1, 1), "人身自由和人格尊严受保护。")
VOLUNTARY = Source("volunteer-3", "志愿服务条例", "第三条，自愿原则", date(2017, 12, 1), "志愿服务要自愿。")
VILLAGE_LAW = Source(
    "village-27", "村民委员会组织法", "第二十七条", date(2010, 10, 28), "村规民约不得侵犯村民的民主权利。"
)
PURPOSE = _of(_PIPL, "pipl-6", "第六条", "用人家的信息要有明确、合理的目的，够用就行。")
QUALITY = _of(_PIPL, "pipl-8", "第八条", "记下的事要准，不能因为记错害了人。")
COLLECTING = _of(_PIPL, "pipl-10", "第十条", "谁也不许非法收集别人的个人信息。")
CONSENT = _of(_PIPL, "pipl-13", "第十三条", "用谁的信息，要谁本人同意。")
AUTOMATED = _of(_PIPL, "pipl-24", "第二十四条", "对人影响大的决定要公平、说得清理由。")
SENSITIVE = _of(_PIPL, "pipl-28", "第二十八条", "健康、信仰、特定身份、金融账户、孩子的信息是敏感信息。")
INCENTIVE = Source(
    "ndrc-2019",
    "国家发展改革委新闻发布会",
    "2019年7月18日",
    date(2019, 7, 18),
    "个人的分只用来鼓励，不用来惩戒。",
)
FORMAT = Source("format", "评分细则导入表", "填表说明", date(2026, 1, 1), "一行一条，分值写成能算的数。")

SOURCES = (
    PETITION, COMPLAINT, SPEECH, FAITH, ETHNICITY, LITIGATION, BIRTH, DIGNITY, VOLUNTARY, VILLAGE_LAW,
    PURPOSE, QUALITY, COLLECTING, CONSENT, AUTOMATED, SENSITIVE, INCENTIVE, FORMAT,
)  # fmt: skip

_DROPPED = re.compile(r"[\s“”‘’\"'「」『』《》〈〉【】\[\]*]")
_MASK = "□"


def plain(text: str) -> str:
    """`text` as words are looked for: half width, without blanks and quotation marks, lower case."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text)).lower()


@dataclass(frozen=True, slots=True)
class Topic:
    """Words that say what a row is about, and the sentence for it.

    `harmless` phrases are masked before `words` are looked for, so that visiting the old is not petitioning.
    `sign` limits a topic to plus (1) or minus (-1) rows; 0 is both. Patterns meet text as `plain` leaves it:
    half-width commas and brackets, but 。 and 、 as they are.
    """

    ground: Ground
    refuses: bool
    words: re.Pattern[str]
    sentence: str
    source: Source
    harmless: re.Pattern[str] | None = None
    sign: int = 0

    def found_in(self, text: str) -> str:
        """The words met in `text` (as `plain` leaves it), or nothing."""
        seen = self.harmless.sub(_MASK, text) if self.harmless else text
        match = self.words.search(seen)
        return match.group() if match else ""
