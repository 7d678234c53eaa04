"""What the month and the quarter tell: work to those who do it, results to the households, notices to the village."""

from governance.models.people import Role
from notifications.kinds import pages, who
from notifications.kinds.base import Kind
from notifications.models import Topic

HOME, WORK, NOTICE = Topic.HOME, Topic.WORK, Topic.NOTICE

KINDS = (
    # -- rating ---------------------------------------------------------------
    Kind(
        "round.opened", WORK, who.raters, "{month}的评户开始了",
        "村里开了{month}的月评，您的评户单已经备好。一户一户看过再写，没变化的点“没变化”，都评了再交。",
        "{month}的评户开始了，您的评户单备好了，请登录联评来评。", pages.fixed("sheets"),
    ),
    Kind(
        "sheet.returned", WORK, who.its_rater, "您的评户单退回来了",
        "片组长把您{month}的评户单退回来了，单上写着为什么。请照着改好，再交一次。",
        "您{month}的评户单退回来了，请登录联评看原因，改好再交。", pages.of_thing("sheet"), is_urgent=True,
    ),
    Kind(
        "sheet.missed", WORK, who.late_rater, "您的评户单到期没交",
        "{month}的评户单到期没交，这张单已经记成“没交”。已经写下的事还在，会转到下个月的单上。",
        "您{month}的评户单到期没交，已经记成没交。写下的事会转到下个月。", pages.of_thing("sheet"),
    ),
    Kind(
        "sheet.handed_over", WORK, who.its_rater, "有一张评户单转给您了",
        "有人换了职务，{month}的一张评户单转到您这里，请接着评。前面写了什么，单上看得到。",
        "{month}有一张评户单转给您，请登录联评接着评。", pages.of_thing("sheet"),
    ),
    Kind(
        "sheet.taken_on", WORK, who.its_rater, "有户转到您的评户单上",
        "{month}有别人联的户转到您的评户单上，请去看一看，照您看到的写，到期以前交。",
        "{month}有别人联的户转到您的评户单上，请登录联评接着评。", pages.of_thing("sheet"), is_urgent=True,
    ),
    Kind(
        "observation.diverted", WORK, who.taken_over, "有一户请您来看",
        "按规定，原来的联户党员这一户要回避，请您去看一看，照您看到的写。",
        "有一户转给您来看，请登录联评，在您的评户单上评。", pages.fixed("sheets"),
    ),
    Kind(
        "observation.adjusted", WORK, who.item_rater, "您记的一件事，核的时候改了数量",
        "片组长核{month}的单时，把您记的一件事改了数量，写了理由。请看看对不对；不对，跟组长说。",
        "您{month}记的一件事，核的时候改了数量，请登录联评看理由。", pages.of_sheet,
    ),
    Kind(
        "observation.rejected", WORK, who.item_rater, "您记的一件事没有收",
        "您{month}记的一件事，看过以后没有收，理由写在单上。您不用再做什么，下次记之前看一看。",
        "您{month}记的一件事没有收，理由请登录联评看。", pages.of_sheet,
    ),
    # -- settling ---------------------------------------------------------------
    Kind(
        "sheet.filed", WORK, who.settlers, "有评户单等您核",
        "{month}有一张评户单交上来了，等您核。一条一条对照照片看，数量不对可以改，写明理由。",
        "{month}有评户单交上来了，等您核，请登录联评。", pages.of_round("area"),
    ),
    Kind(
        "round.areas_late", WORK, who.late_settlers, "{month}的核单超期了",
        "{month}的评户单到期还有没核的。请片组长尽快核；镇评审组也可以来核。",
        "{month}的评户单到期还有没核的，请尽快登录联评来核。", pages.of_thing("area"), is_urgent=True,
    ),
    Kind(
        "round.areas_late", WORK, who.by_role(Role.CLERK), "{month}的核单超期了",
        "{month}的评户单到期还有没核的，系统已经告诉片组长和镇里。请您也催一催。",
        "{month}的评户单到期还有没核的，请催一催片组长。", pages.of_thing("round"), to="clerk",
    ),
    Kind(
        "observation.sent_back", WORK, who.item_settlers, "有一件事退回来请您再看",
        "理事会把{month}的一件事退回来，请您再核一遍。为什么退，单上写着。",
        "{month}有一件事退回来，请您登录联评再核一遍。", pages.of_round("area"), to="leader",
    ),
    Kind(
        "observation.sent_back", WORK, who.item_voters, "有一件事要再投一次票",
        "村两委把{month}的一件事退回理事会，请您再看一遍、再投一次票。为什么退，那一条上写着。",
        "{month}有一件事退回理事会，请登录联评再投一次票。", pages.of_round("review"), to="council",
    ),
    # -- the council, the committee -----------------------------------------------
    Kind(
        "round.reviewing", WORK, who.by_role(Role.COUNCIL), "{month}的月评可以审议了",
        "{month}的评户单都收齐了，请理事来审议。先看事实和照片，再投票；是亲属的，系统会请您回避。",
        "{month}的月评可以审议了，请理事登录联评看过投票。", pages.of_thing("review"),
    ),
    Kind(
        "observation.to_township", WORK, who.item_voters, "有一件事转镇里来投票",
        "村里能投票的人不够，{month}的一件事转到镇评审组，请您看过投票。",
        "{month}有一件事转镇评审组投票，请登录联评办理。", pages.of_round("review"),
    ),
    Kind(
        "round.sent_to_committee", WORK, who.month_signers, "{month}的月评等您签字",
        "理事会审完了{month}的月评，等您看过签字。觉得哪一条不对，可以单独退回，写明理由。",
        "{month}的月评审完了，等您看过签字，请登录联评。", pages.of_thing("round_sign"),
    ),
    Kind(
        "round.resolved", WORK, who.by_role(Role.CLERK), "{month}的月评签好了，等公示",
        "{month}的月评已经签好字，请您张贴公示。贴出来的那一刻起，公示期开始算。",
        "{month}的月评签好了，请登录联评张贴公示。", pages.of_thing("round"),
    ),
    Kind(
        "round.published", Topic.HOME, who.rated_homes, "您家{month}有记分，公示了",
        "您家{month}有记分，已经公示到{day}。请看看对不对。觉得不对，公示期内可以提异议，提异议不扣分，也不用写长篇的话。",
        "您家{month}有记分，公示到{day}。请登录联评看，或到村部问。觉得不对可以提异议，不扣分。",
        pages.fixed("my_points"), is_urgent=True, to="home", tells_actor=True,
    ),
    Kind(
        "round.published", NOTICE, who.residents, "{month}的月评公示了",
        "村里{month}的月评公示了，贴到{day}。公示里只有总数，不写哪一家多少分。",
        "村里{month}的月评公示了，贴到{day}。", pages.notice,
    ),
    # -- looking again --------------------------------------------------------------
    Kind(
        "second.drawn", WORK, who.drawn, "抽到您再看一户",
        "{month}抽签抽到您，请再看一看抽到的户，点三下就好。这只用来看大家评得齐不齐，不改谁家的分。",
        "{month}抽签抽到您再看一户，请登录联评，点三下就好。", pages.fixed("todo"),
    ),
    Kind(
        "second.passed_on", WORK, who.looks_again, "有一户请您再看一遍",
        "有人换了职务，{month}抽签要再看的一户转给您，点三下就好，不改谁家的分。",
        "{month}抽签要再看的一户转给您，请登录联评。", pages.of_thing("second_rating"),
    ),
    Kind(
        "second.cancelled", WORK, who.looks_again, "抽到的那一户不用看了",
        "{month}抽签请您再看的那一户，现在不用看了，您不用做什么。",
        "{month}抽签请您再看的那一户，现在不用看了。", pages.of_thing("second_rating"),
    ),
    # -- notices -------------------------------------------------------------------
    Kind(
        "publication.extended", NOTICE, who.residents, "公示延长了",
        "村里的一份公示延长到{day}，公示上写着为什么。这期间还可以提异议。",
        "村里的一份公示延长到{day}，这期间还可以提异议。", pages.notice,
    ),
    # The clerk only: one for each case would drown what a resident should read; the household heard of its case.
    Kind(
        "publication.corrected", WORK, who.by_role(Role.CLERK), "第{number}号更正公示，要张贴",
        "第{number}号公示是更正公示，请您打印出来贴到公示栏，贴好以后在那一页点一下。",
        "第{number}号更正公示要打印张贴，请登录联评。", pages.of_thing("notice_hang_up"),
    ),
    # -- the quarter -----------------------------------------------------------------
    Kind(
        "settlement.started", WORK, who.quarter_signers, "{quarter}的分算好了，等您看过签字",
        "{quarter}的分算好了。颜色变了的、贴着线的、有暂缓的，请一户一户看过，再签字。",
        "{quarter}的分算好了，请登录联评看过签字。", pages.of_thing("settlement"),
    ),
    Kind(
        "settlement.recomputed", WORK, who.quarter_signers, "{quarter}的分重新算了",
        "{quarter}的分重新算了一遍，签过的字作废。请从头看过，再签一次。",
        "{quarter}的分重新算了，请登录联评看过再签。", pages.of_thing("settlement"), is_urgent=True,
    ),
    Kind(
        "settlement.signed", WORK, who.quarter_clerk, "{quarter}签好了，等公示",
        "{quarter}的签字齐了，请您张贴公示。",
        "{quarter}的签字齐了，请登录联评张贴公示。", pages.of_thing("settlement"),
    ),
    Kind(
        "settlement.published", Topic.HOME, who.settled_homes, "您家{quarter}的档案出来了",
        "您家{quarter}的信用档案出来了，公示到{day}。请看看每一条对不对。觉得不对，公示期内可以提异议，提异议不扣分。",
        "您家{quarter}的信用档案出来了，请登录联评看，或到村部问。公示到{day}，可以提异议。",
        pages.fixed("my_points"), is_urgent=True, to="home", tells_actor=True,
    ),
    Kind(
        "settlement.published", NOTICE, who.residents, "{quarter}的季亮晒公示了",
        "村里{quarter}的季亮晒公示了，贴到{day}。公示里只有总数，和本人同意公布的光荣户。",
        "村里{quarter}的季亮晒公示了，贴到{day}。", pages.notice,
    ),
    Kind(
        "amendment.made", WORK, who.amendment_signers, "{quarter}有一户的分更正了，等您签字",
        "{quarter}公示以后，有一户的分更正了，要两个人看过签字才算。请您看一看。",
        "{quarter}有一户的分更正了，等您看过签字，请登录联评。", pages.of_thing("amendment"),
    ),
    Kind(
        "amendment.signed", Topic.HOME, who.amended_home, "您家{quarter}的档案更正好了",
        "您家{quarter}的信用档案更正好了，已经按新的算。改了哪一条、为什么改，都写在里面。",
        "您家{quarter}的信用档案更正好了，请登录联评看，或到村部问。", pages.fixed("my_points"), is_urgent=True,
    ),
)  # fmt: skip
