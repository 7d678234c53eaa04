"""What offices, the roster, rulebooks, a household's rights and the watch tell."""

from governance.models.people import Role
from notifications.kinds import pages, who
from notifications.kinds.base import Kind
from notifications.models import Topic

OFFICES = (
    Kind(
        "appointment.made", Topic.WORK, who.from_thing("新任的人", lambda a: [a.user_id]), "您有了新的职务",
        "您有了新的职务，从定好的那天起，要您办的事会出现在“我的待办”里。",
        "您有了新的职务，要办的事请登录联评看。", pages.fixed("todo"),
    ),
    Kind(
        "appointment.ended", Topic.WORK, who.from_thing("离任的人", lambda a: [a.user_id]), "您的一个职务到期了",
        "您的一个职务到期了，手上没办完的会转给接手的人，您不用再办。",
        "您的一个职务到期了，没办完的会转给接手的人。", pages.fixed("todo"),
    ),
    Kind(
        "delegation.made", Topic.WORK, who.from_thing("代办的人", lambda d: [d.to_id]), "有同事请您代办异议",
        "有同事外出，这几天手上的异议请您代办，日子写在里面。",
        "有同事外出，请您代办异议，请登录联评看日子。", pages.fixed("delegations"),
    ),
    Kind(
        "delegation.ended", Topic.WORK, who.from_thing("代办的人", lambda d: [d.to_id]), "代办结束了",
        "同事提前回来了，他的异议您不用再代办。",
        "同事回来了，异议您不用再代办。", pages.fixed("delegations"),
    ),
    Kind(
        "policy.set", Topic.WORK, who.by_role(Role.SUPERVISION), "村里改了办事的天数或限数",
        "文书改了一项办事的天数或限数，写了依据，请看一看。",
        "村里改了一项办事的天数或限数，请登录联评看。", pages.of_village("policy"), needs_thing=False,
    ),
    Kind(
        "link.made", Topic.WORK, who.linked, "您联的户有变动",
        "有户联到您这里了，下次评户时会在您的单上。",
        "有户联到您这里了，请登录联评看。", pages.fixed("todo"),
    ),
    Kind(
        "link.ended", Topic.WORK, who.linked, "您联的户有变动",
        "有户不再由您联，下次评户时不在您的单上。",
        "有户不再由您联，请登录联评看。", pages.fixed("todo"),
    ),
    Kind(
        "kinship.declared", Topic.WORK, who.kin, "登记了一层亲属关系",
        "登记了一层亲属关系，评、审、签到这一户时要回避。登记得不对，请找文书。",
        "登记了一层亲属关系，要回避。登记得不对请找文书。", pages.fixed("kinships"),
    ),
    Kind(
        "kinship.ended", Topic.WORK, who.kin, "一层亲属关系取消了",
        "一层亲属关系取消了，从明天起不用再为它回避。取消得不对，请找文书。",
        "一层亲属关系取消了。取消得不对请找文书。", pages.fixed("kinships"),
    ),
)  # fmt: skip


def _data(event: str, title: str, text: str, short: str, audience=who.adults, page=None) -> Kind:
    """Something about what is stored of a household, told to all of its accounts: it is stored whether they take part
    or not."""
    return Kind(
        event, Topic.HOME, audience, title, text, short + "请登录联评看，或到村部问。", page or pages.fixed("my_data"),
        is_urgent=True,
    )  # fmt: skip


_ROSTER = "村里改了您家在户册里的登记。请看看对不对；不对，在“我的数据”里点“登记得不对”。"
_FILE = "您家的档案因为{why}换了新的一份，以前的记分都还在。请看看登记得对不对。"

HOUSEHOLDS = (
    _data("subject.corrected", "您家的登记改了", _ROSTER, "您家在户册里的登记改了。"),
    _data("member.corrected", "您家的登记改了", _ROSTER, "您家在户册里的登记改了。"),
    _data("member.added", "您家的登记添了人", _ROSTER, "您家在户册里的登记添了人。"),
    _data("member.left", "您家的登记少了人", _ROSTER, "您家在户册里的登记少了人。", who.parted),
    _data("head.changed", "您家的户主换了", _ROSTER, "您家在户册里的户主换了。"),
    _data("head.died", "您家的档案换了新的一份", _FILE.format(why="户主变动"), "您家的档案换了新的一份。"),
    _data("subject.split", "您家的档案分开了", _FILE.format(why="分户"), "您家的档案因为分户换了新的一份。"),
    _data("subject.merged", "您家的档案并到一起了", _FILE.format(why="并户"), "您家的档案因为并户换了新的一份。"),
    _data("subject.moved", "您家的档案搬了", _FILE.format(why="搬家"), "您家的档案因为搬家换了新的一份。"),
    _data(
        "subject.revealed", "有人看了您家登记的完整号码",
        "村里有人打开了您家登记的完整手机号和身份证号，谁、什么时候都记着。觉得不该看，可以问村务监督。",
        "村里有人看了您家登记的完整号码。", who.looked_at, pages.fixed("my_readings"),
    ),
    _data(
        "member.bound", "您家有人绑定了账号",
        "您家有一位家人绑定了账号，以后他自己登录。不认识这件事，请马上到村部找文书。",
        "您家有一位家人绑定了账号。不认识这件事，请马上找文书。",
    ),
    _data(
        "member.unbound", "您家有一个账号解绑了",
        "您家有一位家人的账号解绑了。不认识这件事，请马上到村部找文书。",
        "您家有一个账号解绑了。不认识这件事，请马上找文书。", who.parted,
    ),
    _data(
        "consent.given", "您的同意登记好了",
        "村里按您签的纸登记了您的同意。不是您签的，请马上说；想退出，随时可以退。",
        "您的同意登记好了。不是您签的，请马上说。", who.consenter, pages.fixed("my_consent"),
    ),
    _data(
        "consent.withdrawn", "退出办好了",
        "退出办好了，从今天起不再评。想删掉以前的资料，可以在“我的数据”里申请；想回来，随时可以再同意。",
        "退出办好了。", who.consenter, pages.fixed("my_consent"),
    ),
    _data(
        "file.exported", "您家的资料存了一份",
        "您家的资料有人存了一份带走，谁、什么时候都记着。不认识这件事，请马上到村部问。",
        "您家的资料有人存了一份。不认识这件事，请马上问。",
    ),
)  # fmt: skip

RULEBOOKS = (
    Kind(
        "rulebook.announced", Topic.NOTICE, who.everybody, "新的评分细则在征求意见",
        "村里新的评分细则贴出来征求意见了，请看一看。有意见，到村部说，或者在大会上说。",
        "村里新的评分细则在征求意见，请登录联评看，有意见到村部说。", pages.of_thing("rulebook_print"),
    ),
    Kind(
        "rulebook.adopted", Topic.NOTICE, who.everybody, "大会通过了新的评分细则",
        "村民（代表）大会通过了新的评分细则，从哪一季起用，写在细则上。",
        "大会通过了新的评分细则，请登录联评看。", pages.of_thing("rulebook_print"),
    ),
    Kind(
        "rulebook.in_force", Topic.NOTICE, who.everybody, "新的评分细则开始用了",
        "新的评分细则从今天起开始用，以前的事还按以前的细则算。",
        "新的评分细则开始用了，请登录联评看。", pages.of_thing("rulebook_print"),
    ),
)  # fmt: skip

RIGHTS = (
    Kind(
        "rectification.filed", Topic.WORK, who.by_role(Role.CLERK), "有一件更正登记的申请{number}",
        "有住户说户册里登记得不对，申请{number}，{day}前要答复。",
        "有一件更正登记的申请{number}，{day}前答复，请登录联评。", pages.of_thing("rectification"), to="clerk",
    ),
    _data(
        "rectification.done", "您说的登记改好了",
        "您申请更正的登记（{number}）改好了，请核对。", "您申请更正的登记{number}改好了。",
        who.asker, pages.of_thing("rectification"),
    ),
    _data(
        "rectification.refused", "您说的登记没有改",
        "您申请更正的登记（{number}）没有改，理由写在里面。不同意，里面写着接下来可以找谁。",
        "您申请更正的登记{number}没有改，理由", who.asker, pages.of_thing("rectification"),
    ),
    Kind(
        "rectification.withdrawn", Topic.WORK, who.by_role(Role.CLERK), "更正登记的申请{number}不用办了",
        "住户收回了更正登记的申请{number}，不用再答复。",
        "更正登记的申请{number}收回了，不用再办。", pages.of_thing("rectification"), to="clerk",
    ),
    Kind(
        "rectification.overdue", Topic.WORK, who.by_role(Role.CLERK), "更正登记的申请{number}超期了",
        "更正登记的申请{number}到期没有答复，镇里看得到了，请马上办。",
        "更正登记的申请{number}超期没答复，请马上登录联评办。", pages.of_thing("rectification"), is_urgent=True,
        to="clerk",
    ),
    Kind(
        "rectification.overdue", Topic.WORK, who.by_role(Role.OFFICER), "村里有更正申请{number}超期",
        "村里更正登记的申请{number}到期没有答复，请督促。",
        "村里更正登记的申请{number}超期没答复，请督促。", pages.of_village("requests"), is_urgent=True, to="office",
    ),
    Kind(
        "rectification.overdue", Topic.HOME, who.asker, "您的更正申请{number}晚了",
        "您申请更正登记（{number}），村里到期没有答复，已经告诉镇里。您不用做什么。",
        "您的更正申请{number}村里到期没答复，已经告诉镇里。", pages.of_thing("rectification"), is_urgent=True, to="home",
    ),
    _data(
        "erasure.asked", "有一件删除资料的申请{number}",
        "您家有人申请删除资料（{number}），{day}删。那天以前随时可以反悔。不认识这件事，请马上到村部说。",
        "您家有人申请删除资料{number}，{day}删，以前可以反悔。",
    ),
    _data(
        "erasure.undone", "删除资料的申请{number}收回了",
        "删除资料的申请（{number}）收回了，资料都还在。",
        "删除资料的申请{number}收回了，资料都还在。",
    ),
)  # fmt: skip

WATCH = (
    Kind(
        "finding.found", Topic.WORK, who.shown, "看板上有一条想请您说一句",
        "数字上有一处和平常不一样，多半有平常的原因。请您说一句是怎么回事，不扣分，也不是批评。",
        "看板上有一条想请您说一句，请登录联评。", pages.of_thing("finding"), to="shown",
    ),
    Kind(
        "finding.found", Topic.WORK, who.by_role(Role.SUPERVISION), "看板上有一条新的提示",
        "月评办结以后，看板上有一条新的提示，已经请本人说明。",
        "看板上有一条新的提示，请登录联评看。", pages.of_thing("finding"), to="watch",
    ),
    Kind(
        "finding.answered", Topic.WORK, who.by_role(Role.SUPERVISION, Role.SUPERVISOR), "看板上的一条，本人说了",
        "看板上的一条提示，本人说了是怎么回事，等您看过办结。",
        "看板上的一条提示本人说了，等您看过办结。", pages.of_thing("finding"),
    ),
    Kind(
        "finding.closed", Topic.WORK, who.shown, "看板上的一条办结了",
        "看板上请您说明的一条办结了，监督怎么说写在里面。",
        "看板上请您说明的一条办结了，请登录联评看。", pages.of_thing("finding"),
    ),
    Kind(
        "log.epoch", Topic.WORK, who.by_role(Role.SUPERVISION, Role.SUPERVISOR, Role.OPERATOR), "记录日志开了新的一段",
        "村里的记录日志从新的一段接下去，多半是恢复过备份。为什么，日志那一页写着，请核对。",
        "村里的记录日志开了新的一段，请登录联评核对。", pages.of_village("public_log"), is_urgent=True,
        needs_thing=False,
    ),
)  # fmt: skip

KINDS = (*OFFICES, *HOUSEHOLDS, *RULEBOOKS, *RIGHTS, *WATCH)
