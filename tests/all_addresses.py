"""What the address of every page contains, in the village of `tests.all_steps`."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from appeals import assignments, corrections, decisions, hearings, inquiries, objections
from appeals.against import Against
from appeals.models import Objection, Paragraph, SavedView
from governance import deadlines, imports, rulebooks
from governance.jobs import running
from governance.models import Appointment, Kinship, Rulebook, Scorecard
from governance.roster_file import RosterRow, write_rows
from notifications import calendar
from oversight.changes import long_table
from oversight.changes.asked import places
from oversight.changes.forms import SearchForm
from oversight.models import Finding
from rights import erasures, rectifications
from tests import people
from tests.notifications import messages
from tests.people import NOON
from tests.published import entry
from tests.transparency.logs import signed
from workflows import notice_files
from workflows.models import SecondRating

LATER = NOON + timedelta(hours=1)
_ROSTER = RosterRow(2, "990101103205", "东片", "21号", "沈家户", "户", "沈木匠", rater="李党员")


def keys(village) -> dict[str, object]:
    """The `key` in the address of a page, by its name where its step matters, else by how the address begins."""
    world, months, clerk = village.world, village.months, village.world.clerk
    draft = rulebooks.copy(rulebook=world.rulebook, by=clerk, at=NOON)
    announced = people.rulebook(world.village, Rulebook.State.ANNOUNCED, version=9)
    announced.announced_on = date(2026, 11, 1)
    announced.save()
    file = SimpleUploadedFile("户册.xlsx", write_rows([_ROSTER]))
    batch = imports.keep(village=world.village, kind="roster", file=file, by=clerk, at=NOON)
    looked_into = missing(world, date(2026, 10, 21))
    inquiry = inquiries.ask(
        objection=looked_into,
        kind="leader",
        to_user=world.shi,
        question="那天扫了吗？",
        by=world.officer,
        at=LATER,
    )
    hearing = hearings.call(
        objection=looked_into,
        takes_place_at=LATER + timedelta(days=1),
        place="村部",
        by=world.officer,
        at=LATER,
    )
    asked = SearchForm({}, places(world.supervision, at=LATER), at=LATER)
    assert asked.is_valid()
    job = long_table.start(asked=asked.asked(), as_csv=True, by=world.supervision, at=LATER)
    running.run(job.key, is_beating=False)
    view = SavedView.objects.create(user=world.officer, name="柳溪村", query="village=990101103205")
    things = {
        "cases": village.case,
        "cases_view_drop": view,
        "case_decide": looked_into,
        "delegations": assignments.delegate(
            to=world.panel[1],
            starts=date(2026, 12, 1),
            ends=date(2026, 12, 2),
            why="出差",
            by=world.officer,
            at=LATER,
        ),
        "case_letter": village.answered,
        "case_letter_pdf": village.answered,
        "inquiries": inquiry,
        "hearings": hearing,
        "jobs": job,
        "settlement_print": village.amendment.settlement,
        "paragraphs": Paragraph.objects.create(
            division=world.township,
            title="照片看得清",
            text="照片看得清。",
            made_by=world.officer,
            made_at=LATER,
        ),
        "subjects": world.wang_home,
        "asof": world.wang_home,
        "changes_of": world.wang_home,
        "members": world.head,
        "imports": batch,
        "rulebooks": draft,
        "rulebook_print": world.rulebook,
        "rulebook_adopt": announced,
        "rules": draft.rules.first(),
        "kinships": Kinship.objects.first(),
        "appointments": Appointment.objects.get(user=world.zhou),
        "sheets": months["open"].items["draft"].sheet,
        "sheet_confirm": months["open"].items["settled"].sheet,
        "sheet_return": months["open"].items["settled"].sheet,
        "observations": months["open"].items["draft"],
        "item_confirm": months["open"].items["filed"],
        "review_cast": months["review"].items["block"],
        "review_contest": months["review"].items["sweep"],
        "item_send_back": months["signing"].items["sweep"],
        "evidence": months["posted"].items["block"].evidence.get(),
        "rounds": months["review"].round,
        "area": months["open"].round,
        "review_send": months["decided"].round,
        "round_sign": months["signing"].round,
        "round_publish": months["signed"].round,
        "publications": months["posted"].round.publication,
        "notice_hang_up": village.notice,
        "amendments": village.amendment,
        "quarters": village.quarter,
        "settlement_publish": village.signed_quarter,
        "objections": village.case,
        "corrections": corrections.propose(
            village=world.village,
            rule=world.rules["sweep"],
            ground="没有上级文件。",
            source="第3号文件",
            by=world.panel[2],
            at=LATER,
        ),
        "repairs": village.repairs["promised"],
        "repair_verify": village.repairs["shown"],
        "repair_vote": village.repairs["verified"],
        "repair_revoke": village.repairs["approved"],
        "exhibits": village.repairs["shown"].exhibits.get(),
        "rectifications": rectifications.file(
            for_member=world.head, what="phone", text="手机号换了", how="helper", by=world.helper, at=LATER
        ),
        "erasures": erasures.ask(
            for_member=village.others.wife.memberships.get(),
            whole=False,
            how="online",
            by=village.others.wife,
            at=LATER,
        ),
        "second_rating": SecondRating.objects.create(
            village=world.village,
            round=months["open"].round,
            area=world.west,
            subject=world.sun_home,
            rater=world.li,
            asked_at=NOON,
        ),
        "findings": Finding.objects.create(
            village=world.village,
            kind="identical",
            user=world.li,
            about=f"user:{world.li.key}",
            first=date(2026, 7, 1),
            last=date(2026, 9, 1),
            quarter="2026Q3",
            found_at=NOON,
            figures={"run": 3, "months": 3, "households": 3},
        ),
        "notifications": messages.message(world.wang, world.village, at=LATER),
        "villages": messages.slip(world.wang_home, at=LATER),
        "objection_agree": village.answered,
        "objection_review": village.answered,
    }
    return {name: thing.key for name, thing in things.items()}


def values(village) -> dict[str, object]:
    """Whatever else an address contains."""
    world, posted = village.world, village.months["posted"]
    cards = Scorecard.objects.filter(quarter=village.quarter.quarter)
    missed = deadlines.set_deadline(
        "settlement.window", about=village.quarter, village=world.village, due=NOON - timedelta(hours=1)
    )
    size = signed(world.village.code, LATER).size
    notice_files.make(publication=posted.round.publication, at=LATER)
    return {
        "code": world.village.code,
        "year": posted.round.publication.year,
        "number": posted.round.publication.number,
        "pk": world.east.pk,
        "kind": "roster",
        "name": "quorum",
        "act": "accept",
        "uidb36": "1",
        "subject_key": world.wang_home.key,
        "entry_key": entry(posted, "sweep").key,
        "source": "deadlines",
        "item": missed.pk,
        "card_key": cards.get(subject=world.wang_home).key,
        "repair_key": village.refused.key,
        "size": size,
        "seq": 0,
        "person_key": world.li.key,
        "thing": "observation",
        "thing_key": posted.items["block"].key,
        "token": calendar.subscribe(by=world.li, at=LATER),
    }


def missing(world, day) -> Objection:
    """An accepted objection of 王大爷 that a plus of a day is missing."""
    case = objections.file(
        against=Against.missing(world.wang_home, day, world.rules["sweep"]), text="我扫了路。", how="helper",
        for_member=world.head, by=world.helper, at=LATER,
    )  # fmt: skip
    decisions.accept(objection=case, by=world.officer, at=LATER)
    case.refresh_from_db()
    return case
