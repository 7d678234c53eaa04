"""What objections, repairs and corrections tell: each step to the household, each task to whoever acts on it."""

from governance.models.people import Role
from notifications.kinds import pages, who
from notifications.kinds.base import Kind
from notifications.models import Topic


def _home(event: str, title: str, text: str, short: str, audience=who.case_home, page="objection") -> Kind:
    """A step of its own case, told to the household at once; where to look is said once for all."""
    where = "请登录联评看，或到村部问。"
    return Kind(
        event, Topic.HOME, audience, title, text, short + where, pages.of_thing(page), is_urgent=True, to="home"
    )  # fmt: skip


def _repair(event: str, title: str, text: str, short: str) -> Kind:
    return _home(event, title, text, short, who.household, "repair")


def _office(event: str, title: str, text: str, audience=who.office, is_urgent=False) -> Kind:
    return Kind(
        event, Topic.WORK, audience, title, text, f"{title}，请登录联评办理。", pages.of_thing("case"),
        is_urgent=is_urgent, to="office",
    )  # fmt: skip


def _other_side(event: str, title: str, text: str, short: str) -> Kind:
    """Said at once to who was put a question: a hearing is of both sides."""
    return Kind(
        event, Topic.WORK, who.other_side, title, text, f"{short}请登录联评看。", pages.fixed("todo"),
        is_urgent=True, to="asked",
    )  # fmt: skip


def _above(event: str, title: str, text: str) -> Kind:
    """Said to the county's and township's supervisors, who look at the list of what is late."""
    return Kind(
        event, Topic.WORK, who.by_role(Role.SUPERVISOR), title, text, f"{title}，请登录联评看。",
        pages.fixed("cases_alarms"), is_urgent=True, to="above",
    )  # fmt: skip


OBJECTIONS = (
    _home(
        "objection.filed", "您家的异议{number}收到了",
        "您家的异议收到了，编号{number}。镇里{day}前告诉您收不收。提异议不扣分；针对减分的，办完以前先不算。",
        "您家的异议{number}收到了，镇里{day}前告诉您收不收。提异议不扣分。",
    ),
    _office(
        "objection.filed", "有一件新的异议{number}",
        "有一件新的异议{number}，{day}前要定收不收。到期没人定，系统自动收下。",
    ),
    _home(
        "objection.accepted", "镇里收了您家的异议{number}",
        "镇里收了您家的异议{number}，{day}前给您结果。有照片、证人，都可以随时补交。",
        "镇里收了您家的异议{number}，{day}前给结果。",
    ),
    _home(
        "objection.refused", "您家的异议{number}没有收",
        "镇里没有收您家的异议{number}，理由写在里面。不同意，{day}前可以请别的人复核，请复核不扣分。",
        "您家的异议{number}没有收。不同意，{day}前可以请复核。",
    ),
    _home(
        "objection.decided", "您家的异议{number}有结果了",
        "您家的异议{number}有结果了，理由写在里面。不全同意的，还可以请别的人复核，请复核不扣分。",
        "您家的异议{number}有结果了。",
    ),
    _home(
        "objection.lapsed", "您家的异议{number}办结了",
        "您家的异议{number}到期没有人定，按规定照您家说的办，那一条已经撤掉，您不用做什么。",
        "您家的异议{number}到期没定，照您家说的办了。",
    ),
    _home(
        "objection.to_township", "您家的异议{number}转镇里复核",
        "您家的异议{number}到期没有定，已经自动转给镇里别的人来办，{day}前给您结果。您不用做什么。",
        "您家的异议{number}转镇里别的人来办，{day}前给结果。",
    ),
    _office(
        "objection.to_township", "异议{number}到期没定，转复核",
        "异议{number}到期没有定，转到复核，{day}前要定。", is_urgent=True,
    ),
    _above(
        "objection.to_township", "异议{number}到期没办",
        "异议{number}到期没有定，已经转镇里复核。请看看办的人手够不够。",
    ),
    _home(
        "objection.extended", "您家的异议{number}要多办几天",
        "您家的异议{number}延长办理，到{day}给您结果，为什么延长写在里面。只能延长这一次。",
        "您家的异议{number}延长办理，{day}前给结果。",
    ),
    _home(
        "objection.suspended", "请您给异议{number}补材料",
        "办异议{number}的人在等您家补材料，要补什么写在里面。没有也不要紧，{day}以后按手上的接着办。",
        "异议{number}在等您家补材料，没有也不要紧，{day}以后接着办。",
    ),
    _home(
        "objection.resumed", "您家的异议{number}接着办了",
        "您家的异议{number}不再等材料，接着办了，{day}前给您结果。",
        "您家的异议{number}接着办了，{day}前给结果。",
    ),
    _office("objection.resumed", "异议{number}接着计时了", "异议{number}等材料的时间到了，接着办，{day}前要定。"),
    _home(
        "objection.handed_in", "您家的异议{number}有新材料",
        "您家的异议{number}有人交了新材料。您家也可以随时补交照片、文件和想说的话。",
        "您家的异议{number}有新材料。",
    ),
    _office("objection.handed_in", "异议{number}有新材料", "异议{number}有人交了新材料，定之前请看一看。"),
    _home(
        "objection.overdue", "您家的异议{number}办得晚了",
        "您家的异议{number}复核超了期，已经告诉县镇监督，新的日子是{day}。您不用做什么。",
        "您家的异议{number}复核超了期，已经告诉监督，新的日子是{day}。",
    ),
    _office("objection.overdue", "异议{number}复核超期了", "异议{number}复核超了期，{day}前一定要定。", is_urgent=True),
    _above("objection.overdue", "异议{number}复核超期了", "异议{number}的复核到期没有定，请督促。"),
    _office("objection.at_risk", "异议{number}明天到期", "异议{number}到{day}就到期了，请抓紧定。", is_urgent=True),
    _above("objection.at_risk", "异议{number}快到期了", "异议{number}到{day}就到期了，还没有定。"),
    _home(
        "objection.review_asked", "请复核的异议{number}收到了",
        "请复核收到了，异议{number}换没办过这件事的人再看一遍，{day}前给您结果。请复核不扣分。",
        "请复核收到了，异议{number}换人再看，{day}前给结果。",
    ),
    _office(
        "objection.review_asked", "有一件异议{number}请复核",
        "住户对异议{number}的结果请复核，请没办过这件事的人来看，{day}前要定。",
    ),
    _home(
        "objection.overtaken", "您家的异议{number}办结了",
        "您家异议{number}说的那一条，已经和别的一起撤掉了，更正公示上写明了原因。您不用做什么。",
        "您家异议{number}说的那一条已经撤掉，办结了。",
    ),
    _home(
        "objection.closed", "您家的异议{number}办结了",
        "您家的异议{number}办结了，照给您的结果办。怎么办的，里面一步一步看得到。",
        "您家的异议{number}办结了。",
    ),
    _home(
        "objection.withdrawn", "您家的异议{number}不办了",
        "您家的异议{number}按您家的意思不办了。不是您家的意思，请马上到村部说。",
        "您家的异议{number}不办了。不是您家的意思，请马上说。",
    ),
    _office("objection.withdrawn", "异议{number}不用办了", "住户说异议{number}不办了，您不用再办。"),
    Kind(
        "objection.passed_on", Topic.WORK, who.pool, "异议{number}等人接手",
        "办异议{number}的同事离任了，还没有人接手，{day}前要定。能办的请领过去。",
        "异议{number}等人接手，{day}前要定，请登录联评办理。", pages.of_thing("case"), is_urgent=True, to="pool",
    ),
    _office("objection.passed_on", "异议{number}转给您来办", "同事离任，异议{number}转给您来办，{day}前要定。", who.handler),
    _office("objection.handed_over", "异议{number}转给您来办", "同事把异议{number}转给您来办，{day}前要定。", who.handler),
    Kind(
        "inquiry.asked", Topic.WORK, who.asked, "有一份调查函问您",
        "镇里办一件异议，有一份调查函问您。请照您知道的答：看见了什么、哪一天、在哪里。",
        "镇里有一份调查函问您，请登录联评答复。", pages.fixed("todo"), is_urgent=True,
    ),
    _office("inquiry.answered", "异议{number}的调查函答了", "异议{number}发出的调查函有了答复，请看一看。"),
    _office("inquiry.late", "异议{number}的调查函到期没答", "异议{number}发出的调查函到期没有答，可以再催，也可以按手上的来定。"),
    _home(
        "hearing.called", "异议{number}约您当面听",
        "办异议{number}的人约您家当面听一听，什么时候、在哪里写在里面。来不了请早点说，不来也不扣分。",
        "异议{number}约您家当面听，不来也不扣分。时间地点",
    ),
    _other_side(
        "hearing.called", "请您到场，当面听一件异议",
        "镇里办一件异议，问过您的话，约两边当面听一听。什么时候、在哪里写在里面。来不了请早点说。",
        "镇里约您到场，当面听一件异议。时间地点",
    ),
    _home(
        "hearing.cancelled", "异议{number}的当面听取消了",
        "异议{number}约好的当面听取消了，为什么写在里面。您不用去了。",
        "异议{number}约好的当面听取消了，您不用去了。",
    ),
    _other_side(
        "hearing.cancelled", "当面听取消了", "约您到场的当面听取消了，您不用去了。",
        "约您到场的当面听取消了，您不用去了。",
    ),
    _home(
        "hearing.held", "异议{number}当面听的记录好了",
        "异议{number}当面听的记录存好了，双方都看得到。记得不对，可以补交材料说明。",
        "异议{number}当面听的记录存好了。",
    ),
)  # fmt: skip

REPAIRS = (
    _repair(
        "repair.applied", "您家的信用修复{number}记下了",
        "您家申请的信用修复记下了，编号{number}。{day}前做好，到那一页点“做好了”，拍张照片。",
        "您家的信用修复{number}记下了，{day}前做好。",
    ),
    Kind(
        "repair.shown", Topic.WORK, who.verifiers, "信用修复{number}等您去看",
        "有一户说信用修复{number}做好了，请您去看一看，照看到的写。",
        "信用修复{number}说做好了，等您去看，请登录联评。", pages.of_thing("repair_verify"), to="leader",
    ),
    _repair(
        "repair.sent_back", "您家的信用修复{number}要再做一做",
        "组长看了您家的信用修复{number}，有的地方要再做一做，写在里面。{day}前做好再点“做好了”。",
        "您家的信用修复{number}要再做一做，{day}前做好。",
    ),
    _repair(
        "repair.verified", "您家的信用修复{number}看过了",
        "组长看过了您家的信用修复{number}，现在等理事会来定。您不用做什么。",
        "您家的信用修复{number}看过了，等理事会来定。",
    ),
    Kind(
        "repair.verified", Topic.WORK, who.electors, "信用修复{number}等您来定",
        "组长看过了信用修复{number}，等您看过投票。",
        "信用修复{number}等您看过投票，请登录联评。", pages.of_thing("repair_vote"), to="council",
    ),
    _repair(
        "repair.approved", "您家的信用修复{number}通过了",
        "您家的信用修复{number}通过了，和下一次月评一起公示，公示时减分抵掉。",
        "您家的信用修复{number}通过了，下次月评公示时抵掉。",
    ),
    _repair(
        "repair.refused", "您家的信用修复{number}没有批",
        "您家的信用修复{number}没有批，理由写在里面。觉得不对，可以提异议，提异议不扣分。",
        "您家的信用修复{number}没有批。觉得不对可以提异议。",
    ),
    _repair(
        "repair.looked_again", "您家的信用修复{number}重新看",
        "您家的信用修复{number}由没看过的人重新看一遍，您不用做什么。",
        "您家的信用修复{number}由别的人重新看一遍。",
    ),
    Kind(
        "repair.looked_again", Topic.WORK, who.verifiers, "信用修复{number}请您重新看",
        "信用修复{number}要由没看过的人重新看，请您去看一看。",
        "信用修复{number}请您重新看，请登录联评。", pages.of_thing("repair_verify"), to="leader",
    ),
    _repair(
        "repair.reminded", "您家的信用修复{number}快到期了",
        "您家答应的信用修复{number}，到{day}要做好。做好了，到那一页点“做好了”；做不了，也可以不修，不另外扣分。",
        "您家的信用修复{number}到{day}要做好。做不了也不另外扣分。",
    ),
    Kind(
        "repair.late", Topic.WORK, who.verifiers, "信用修复{number}超期没看",
        "信用修复{number}到期没有人看，镇评审组也可以来看，请尽快。",
        "信用修复{number}超期没看，请尽快登录联评办理。", pages.of_thing("repair_verify"), is_urgent=True, to="leader",
    ),
    Kind(
        "repair.late", Topic.WORK, who.electors, "信用修复{number}超期没定",
        "信用修复{number}到期没有定，镇评审组也可以来投票，请尽快。",
        "信用修复{number}超期没定，请尽快登录联评办理。", pages.of_thing("repair_vote"), is_urgent=True, to="council",
    ),
    _repair(
        "repair.lapsed", "您家的信用修复{number}到期了",
        "您家的信用修复{number}到日子没有点“做好了”，这一次结束了，不另外扣分。以后想修，可以再申请。",
        "您家的信用修复{number}到期结束了，不另外扣分，可以再申请。",
    ),
    _repair(
        "repair.revoked", "您家的信用修复{number}取消了",
        "您家的信用修复{number}取消了，为什么写在里面。觉得不对，可以提异议，提异议不扣分。",
        "您家的信用修复{number}取消了。觉得不对可以提异议。",
    ),
    Kind(
        "repair.handed_in", Topic.WORK, who.verifiers, "信用修复{number}有新材料",
        "信用修复{number}补交了材料，去看的时候请一起看。",
        "信用修复{number}补交了材料，请登录联评看。", pages.of_thing("repair_verify"), to="leader",
    ),
    _repair(
        "repair.dropped", "您家的信用修复{number}不用办了",
        "您家要修复的那一条已经撤掉了，信用修复{number}不用再办，您不用做什么。",
        "您家的信用修复{number}不用办了，那一条已经撤掉。",
    ),
    _repair(
        "repair.withdrawn", "您家的信用修复{number}不修了",
        "您家的信用修复{number}按您家的意思不修了，不另外扣分。不是您家的意思，请马上到村部说。",
        "您家的信用修复{number}不修了。不是您家的意思，请马上说。",
    ),
)  # fmt: skip

CORRECTIONS = (
    Kind(
        "correction.proposed", Topic.WORK, who.correction_office, "整批更正{number}等另一个人签字",
        "有一份整批更正{number}列好了，要由另一个人看过清单签字。",
        "整批更正{number}列好了，等您看过签字，请登录联评。", pages.of_thing("correction"),
    ),
    Kind(
        "correction.signed", Topic.WORK, who.correction_told, "整批更正{number}签好了",
        "整批更正{number}签好了，清单里的记分都撤了，各户已经告诉。",
        "整批更正{number}签好了，各户已经告诉。", pages.of_thing("correction"),
    ),
    Kind(
        "correction.dropped", Topic.WORK, who.correction_told, "整批更正{number}不改了",
        "整批更正{number}不改了，清单里的记分没有动。",
        "整批更正{number}不改了，记分没有动。", pages.of_thing("correction"),
    ),
    Kind(
        "correction.told", Topic.HOME, who.household, "您家有记分撤掉了",
        "镇里更正了一批记分，您家有一条或几条在里面，已经撤掉。为什么更正，您家的账上写着。您不用做什么。",
        "您家有记分因为整批更正撤掉了，请登录联评看，或到村部问。", pages.fixed("my_points"), is_urgent=True,
    ),
)  # fmt: skip

KINDS = (*OBJECTIONS, *REPAIRS, *CORRECTIONS)
