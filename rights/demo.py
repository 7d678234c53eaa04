"""The chapter of 柳溪村 about its households' data: a copy taken, a request to mend, one erased, one that waits."""

from __future__ import annotations

from datetime import datetime

from workflows.demo import CHAPTERS, people

ERASED = "609"  # withdrew at the desk and asked to be forgotten; its seven days are over
WITHDREW, ASKED = 20, 18  # days ago


def plan(story) -> None:
    """Plan all of it; imported here, for a server that starts tells no stories."""
    from governance import consents
    from rights import erasures, exports, rectifications

    village = story.village

    def copy(at: datetime) -> None:
        head = village.head(people.GREEN)
        exports.hand_out(member=head, form="json", how="online", by=head.user, at=at)

    def file(at: datetime) -> None:
        rectifications.file(
            for_member=village.head(people.BLUE), what="phone", how="online", by=village.user("zhuhu2"), at=at,
            text="手机号上个月换了，尾号应该是3208，旧号码已经不用了。",
        )  # fmt: skip

    def refused(at: datetime) -> None:
        row = rectifications.file(
            for_member=village.head(people.GREEN), what="people", how="online", by=village.user("zhuhu1"), at=at,
            text="女儿在外面上大学，户口还在家里，想加上。",
        )  # fmt: skip
        answer = "请带户口本来看一下，是本村户口就给您加上。光凭说的不能加，您带来了再提一次就行。"
        rectifications.refuse(rectification=row, answer=answer, by=village.clerk, at=at)

    def withdraw(at: datetime) -> None:
        for member in village.subjects[ERASED].members.order_by("is_head"):
            if consents.standing(member).exists():
                consents.withdraw(member=member, by=village.clerk, at=at)

    def erase(door: str, how: str, by: str):
        def ask(at: datetime) -> None:
            erasures.ask(for_member=village.head(door), whole=True, how=how, by=village.user(by), at=at)

        return ask

    story.plan(story.ago(WITHDREW, 10), withdraw)
    story.plan(story.ago(ASKED, 10), erase(ERASED, "desk", village.clerk.username))
    story.plan(story.ago(6, 20), refused)
    story.plan(story.ago(3, 19), file)
    story.plan(story.ago(2, 20), copy)
    story.plan(story.ago(1, 20), erase(people.WITHDRAWN, "online", "zhuhu5"))


def register() -> None:
    """Let the story below tell it."""
    CHAPTERS.append(plan)
