"""A trial in counts, none of which points at somebody (docs/decisions/0014)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from governance.models import Rule
from oversight.whatif.matching import Match
from oversight.whatif.trial import Home, Trial

LEAST = 3
FEWEST_HOMES = 10
NONE, HIDDEN = "没有", "不写数"
_BANDS: list[tuple[str, Callable[[int], bool]]] = [
    ("少5分以上", lambda tenths: tenths <= -50),
    ("少1分到5分", lambda tenths: -50 < tenths <= -10),
    ("少不到1分", lambda tenths: -10 < tenths < 0),
    ("一样", lambda tenths: tenths == 0),
    ("多不到1分", lambda tenths: 0 < tenths < 10),
    ("多1分到5分", lambda tenths: 10 <= tenths < 50),
    ("多5分以上", lambda tenths: tenths >= 50),
]


@dataclass(frozen=True)
class ByRule:
    """One rule that moves households: its words before and after, and in counts as shown what it does."""

    match: Match
    touched: str
    up: str
    down: str


@dataclass(frozen=True)
class Summary:
    """What the page shows; every count is a text that may be shown."""

    homes: int
    is_too_few: bool
    crossings: list[tuple[str, str]]
    bands: list[tuple[str, str]]
    by_rule: list[ByRule]
    left_out: list[tuple[Rule, str, str]]


def shown(counts: Sequence[int]) -> list[str]:
    """Counts of the parts of one known whole, as texts: small ones hidden, and others so that none can be worked out.

    1 and 2 are small. All that is hidden reads alike, so it may stand for any number above nought; it is always
    two parts or more, together at least twice the least that may be shown, and not one of each. Nought is said.
    """
    order = sorted((n for n in range(len(counts)) if counts[n]), key=lambda n: (counts[n], n))
    hidden = [n for n in order if counts[n] < LEAST]
    for n in order[len(hidden) :]:
        if not hidden or _keeps_secret([counts[each] for each in hidden]):
            break
        hidden.append(n)
    return [HIDDEN if n in hidden else f"{count}户" if count else NONE for n, count in enumerate(counts)]


def _keeps_secret(hidden: list[int]) -> bool:
    """Can each of the hidden parts be several numbers for who knows their sum."""
    return len(hidden) > 1 and sum(hidden) >= max(2 * LEAST, len(hidden) + 1)


def summary(trial: Trial) -> Summary:
    """A trial in counts. Below FEWEST_HOMES households nothing is counted: everybody would be recognised."""
    homes = trial.homes
    left_out = [
        (trial.matches[pk].old, why, f"{n}条" if n >= LEAST else f"不到{LEAST}条")
        for (pk, why), n in sorted(trial.left_out.items(), key=lambda pair: _number(trial, pair[0][0]))
    ]
    if len(homes) < FEWEST_HOMES:
        return Summary(len(homes), True, [], [], [], left_out)
    crossed = Counter(home.crossing for home in homes)
    bands = [sum(map(within, (home.change for home in homes))) for _, within in _BANDS]
    names = ["往上过线", "往下过线", "不过线"]
    return Summary(
        homes=len(homes),
        is_too_few=False,
        crossings=list(zip(names, shown([crossed[1], crossed[-1], crossed[0]]), strict=True)),
        bands=[(name, text) for (name, _), text in zip(_BANDS, shown(bands), strict=True)],
        by_rule=_by_rule(trial, homes),
        left_out=left_out,
    )


def _by_rule(trial: Trial, homes: list[Home]) -> list[ByRule]:
    touched = Counter(pk for home in homes for pk in home.by_rule)
    rules = sorted(touched, key=lambda pk: _number(trial, pk))
    up, down = (
        shown([sum(home.crossing == way and home.because_of == pk for home in homes) for pk in rules])
        for way in (1, -1)
    )
    # Whether one household is touched by a rule or not makes two parts of all households.
    texts = [shown([touched[pk], len(homes) - touched[pk]])[0] for pk in rules]
    return [ByRule(trial.matches[pk], *cells) for pk, *cells in zip(rules, texts, up, down, strict=True)]


def _number(trial: Trial, pk: int) -> tuple:
    rule = trial.matches[pk].old
    return rule.rulebook_id, rule.position
