"""docs/permissions.md: who opens and who acts on every page, from config.permissions.TABLE."""

from config.permissions import ACCOUNT, TABLE, VISITOR, WHO, Grant, Pages, Scope

INTRO = """# Who may open what

One row for pages under one rule, by the names of their addresses. 看 is to open, 办 is to act (POST).
An empty cell is a refusal: the page is not found, or says who does it instead.
An office reaches its own village, or all villages of its township; the column 登录的人 holds for everybody signed in.
In brackets what must tie the person to the thing: 片 the area they lead, 单 their own sheet, 避 not their own home
or kin, 代 nobody in the village may do it, 家 their own household, 请 a household that asked for them, 己 made by
or put to themselves, 抽 drawn by lot for them, 示 about them.
Each cell is tried by `tests/test_permissions.py`, with people to whom it applies and people to whom it does not.

"""
TIES = {
    Scope.AREA: "片", Scope.SHEET: "单", Scope.IMPARTIAL: "避", Scope.STANDING_IN: "代", Scope.HOME: "家",
    Scope.ASKED: "请", Scope.MINE: "己", Scope.DRAWN: "抽", Scope.SHOWN: "示",
}  # fmt: skip


def text() -> str:
    """The page as Markdown."""
    head = f"| pages | {' | '.join(WHO.values())} |\n|---{'|---' * len(WHO)}|\n"
    return INTRO + head + "".join(map(_row, TABLE))


def _row(pages: Pages) -> str:
    names = " ".join(f"`{name}`" for name in pages.names)
    return f"| {names} | {' | '.join(_cell(pages, who) for who in WHO)} |\n"


def _cell(pages: Pages, who: str) -> str:
    scope, acts = _scope(pages.reads, who), _scope(pages.acts, who)
    verbs = f"{'看' if scope else ''}{'办' if acts else ''}"
    tie = TIES.get(acts or scope)
    return f"{verbs}（{tie}）" if tie else verbs


def _scope(grant: Grant, who: str) -> Scope | None:
    return grant.get(who) or (grant.get(ACCOUNT) if who != VISITOR else None)
