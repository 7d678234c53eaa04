"""Corrections in bulk: one signed, one that waits for a signature; and the committee signing what follows from cases."""

from __future__ import annotations

from datetime import datetime

from appeals import corrections
from governance.models.people import Role
from workflows import amendment_signing
from workflows.demo import facts
from workflows.demo.story import Story
from workflows.models import Amendment

SIGNERS = (Role.COMMITTEE, Role.PANEL)


def plan(story: Story) -> None:
    """After the quarter is final a rule is found void; a few days ago another was put on a list."""
    story.see(2, "215", facts.RINSING)
    story.see(1, "416", facts.RINSING)
    village = story.village

    def propose(at: datetime) -> None:
        corrections.propose(
            village=village.place, rule=village.rules["5.4"], by=village.user("zhuanyuan"), at=at,
            ground="在溪里洗农药桶归环保部门管，该怎么处理有法律，村里不能再另外减分。这一条停用，减过的都还回去。",
            source="青禾镇司法所对柳溪村细则的审查意见",
        )  # fmt: skip

    def sign(at: datetime) -> None:
        corrections.sign(correction=village.place.corrections.get(), by=village.user("zhuanyuan2"), at=at)

    def propose_another(at: datetime) -> None:
        corrections.propose(
            village=village.place, rule=village.rules["4.7"], by=village.user("zhuanyuan"), at=at,
            ground="村里还没有划出遛狗的地方，大会定的是划好以后再记，这几个月记早了。",
            source="柳溪村村民代表会议记录",
        )  # fmt: skip

    story.plan(story.on(3, 13, 15), propose)
    story.plan(story.on(3, 14, 10), sign)
    story.plan(story.on(3, 16, 10), lambda at: _sign_waiting(story, at))
    story.plan(story.ago(6, 16), lambda at: _sign_waiting(story, at))
    story.plan(story.ago(2, 16), propose_another)


def _sign_waiting(story: Story, at: datetime) -> None:
    """Everybody who may signs the new scorecards that wait."""
    for user in (user for role in SIGNERS for user in story.village.having(role)):
        for row in amendment_signing.for_user(user, Amendment.objects.all(), at=at):
            if amendment_signing.standing(row).count() < amendment_signing.SIGNATURES_NEEDED:
                amendment_signing.look(amendment=row, by=user, at=at)
                amendment_signing.sign(amendment=row, word="看过更正的缘由，同意。", by=user, at=at)
