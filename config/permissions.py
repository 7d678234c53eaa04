"""Who may open and who may act on every page: the one table behind docs/permissions.md and its test.

The checks themselves are asked in each view and service; tests/test_permissions.py walks every page as everybody and
holds them against this table, so neither can change alone. Source: design/5-trust.md, Access.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from governance.models.people import Role


class Scope(StrEnum):
    """What must tie a person to the thing on the page; ANY where the page shows only their own anyway."""

    ANY = "any"
    VILLAGE = "village"
    AREA = "area"
    SHEET = "sheet"
    IMPARTIAL = "impartial"  # of the village, and neither their own household nor kin
    STANDING_IN = "standing_in"  # nobody in the village may do it
    HOME = "home"
    MINE = "mine"  # made by them or put to them: a kept filter, an absence, a question
    ASKED = "asked"  # a household that asked for this helper


VISITOR, ACCOUNT, MEMBER, RESIDENT = "visitor", "account", "member", "resident"
WHO = {
    VISITOR: "没登录的人",
    ACCOUNT: "登录的人",
    MEMBER: "没参加的家人",
    RESIDENT: "参加的住户",
    **dict(Role.choices),
}

Grant = Mapping[str, Scope]  # who -> which things; nobody else


def _to(scope: Scope, *who: str) -> Grant:
    return dict.fromkeys(who, scope)


@dataclass(frozen=True)
class Pages:
    """Pages under one rule: who reads them by GET, who acts by POST."""

    names: tuple[str, ...]
    reads: Grant = field(default_factory=dict)
    acts: Grant = field(default_factory=dict)


ANYONE = _to(Scope.ANY, VISITOR, ACCOUNT)
SIGNED_IN = _to(Scope.ANY, ACCOUNT)
OFFICE = _to(Scope.VILLAGE, *Role)
CLERK = _to(Scope.VILLAGE, Role.CLERK)
RATER = _to(Scope.SHEET, Role.RATER, Role.PANEL)
STANDS_IN = _to(Scope.STANDING_IN, Role.PANEL)
LEADER = _to(Scope.AREA, Role.LEADER) | STANDS_IN
SEES_AREA = _to(Scope.VILLAGE, Role.LEADER, Role.PANEL)
COUNCIL = _to(Scope.VILLAGE, Role.COUNCIL)
SEES_REVIEW = COUNCIL | _to(Scope.VILLAGE, Role.PANEL)
COMMITTEE = _to(Scope.VILLAGE, Role.COMMITTEE) | STANDS_IN
SIGNS_ONE = _to(Scope.IMPARTIAL, Role.COMMITTEE) | STANDS_IN
SIGNS_CHANGE = SIGNS_ONE | _to(Scope.STANDING_IN, Role.SUPERVISOR)
ADULT = _to(Scope.ANY, RESIDENT)
HOUSEHOLD = _to(Scope.ANY, RESIDENT, MEMBER)
OWN_HOME = _to(Scope.HOME, RESIDENT)
HELPER = _to(Scope.ASKED, Role.HELPER)
TOWNSHIP = _to(Scope.VILLAGE, Role.OFFICER, Role.PANEL)
READS_CORRECTION = TOWNSHIP | _to(Scope.VILLAGE, Role.SUPERVISOR)
FILES = OWN_HOME | CLERK | HELPER
DESK = CLERK | _to(Scope.VILLAGE, Role.HELPER)
OFFICER = _to(Scope.VILLAGE, Role.OFFICER)
# Beside them the officer, where somebody without an account was asked.
WAS_ASKED = _to(Scope.MINE, Role.RATER, Role.LEADER)
CASES = TOWNSHIP | _to(Scope.VILLAGE, Role.SUPERVISOR)

# What allauth serves under accounts/; what an act there needs (a password, a code), it asks itself.
ALLAUTH = (
    Pages(("account_login", "account_logout", "account_signup", "account_inactive"), ANYONE, ANYONE),
    Pages(("account_request_login_code", "account_confirm_login_code"), ANYONE, ANYONE),
    Pages(("account_verify_phone", "mfa_authenticate", "account_confirm_email"), ANYONE, ANYONE),
    Pages(("account_email_verification_sent", "account_reset_password"), ANYONE, ANYONE),
    Pages(("account_reset_password_done", "account_reset_password_from_key"), ANYONE, ANYONE),
    Pages(("account_reset_password_from_key_done",), ANYONE, ANYONE),
    Pages(("account_reauthenticate", "account_email", "account_change_phone"), SIGNED_IN, SIGNED_IN),
    Pages(("account_change_password", "account_set_password", "usersessions_list"), SIGNED_IN, SIGNED_IN),
    Pages(("mfa_index", "mfa_reauthenticate", "mfa_activate_totp"), SIGNED_IN, SIGNED_IN),
    Pages(("mfa_deactivate_totp", "mfa_generate_recovery_codes"), SIGNED_IN, SIGNED_IN),
    Pages(("mfa_view_recovery_codes", "mfa_download_recovery_codes"), SIGNED_IN, SIGNED_IN),
)
TABLE = (
    # Everybody's
    Pages(("home", "display", "public_home", "public_village", "notice", "rulebook_print"), ANYONE),
    Pages(("bind",), ANYONE, ANYONE),
    Pages(("bind_phone",), {}, SIGNED_IN),
    Pages(("todo", "sheets", "areas"), SIGNED_IN),
    *ALLAUTH,
    # The household
    Pages(("my_points", "my_readings", "my_cases"), ADULT),
    Pages(("my_line",), OWN_HOME),
    Pages(("my_consent", "my_withdraw"), HOUSEHOLD, HOUSEHOLD),
    Pages(("my_consent_sign",), HOUSEHOLD),
    Pages(("objection_file", "objection_card", "objection_missing", "objection_repair"), FILES, FILES),
    Pages(("objection",), FILES | OFFICER),
    Pages(("objection_agree", "objection_review", "objection_withdraw"), FILES, FILES),
    Pages(("objection_hand_in",), *[FILES | OFFICER] * 2),
    Pages(("repair_file", "repair_show", "repair_hand_in", "repair_withdraw"), FILES, FILES),
    Pages(("repair",), FILES | TOWNSHIP),
    # The desk
    Pages(("desk",), DESK, DESK),
    Pages(("desk_file",), CLERK | HELPER),
    # The township's correction in bulk
    Pages(("corrections", "correction"), READS_CORRECTION),
    Pages(("correction_new",), TOWNSHIP, TOWNSHIP),
    Pages(("correction_sign",), {}, TOWNSHIP | _to(Scope.STANDING_IN, Role.SUPERVISOR)),
    Pages(("correction_export",), {}, READS_CORRECTION),
    Pages(("correction_drop",), {}, TOWNSHIP),
    Pages(("guard",), _to(Scope.VILLAGE, Role.SUPERVISION, Role.SUPERVISOR)),
    # The township's desk
    Pages(("cases", "cases_of", "cases_export", "cases_alarms"), CASES),
    Pages(("cases_view_keep",), {}, CASES),
    Pages(("cases_view_drop",), {}, _to(Scope.MINE, *CASES)),
    Pages(("case",), TOWNSHIP),
    Pages(("case_act", "hearing_end"), {}, OFFICER),
    Pages(("case_decide",), OFFICER, OFFICER),
    Pages(("case_letter", "case_letter_pdf"), OWN_HOME | CLERK | HELPER | TOWNSHIP),
    Pages(("inquiry",), WAS_ASKED, WAS_ASKED),
    Pages(("case_statistics", "case_statistics_export"), CASES | _to(Scope.VILLAGE, Role.SUPERVISION)),
    Pages(("delegations",), CASES, CASES),
    Pages(("delegation_end",), {}, _to(Scope.MINE, *CASES)),
    Pages(("paragraphs", "paragraph_edit"), TOWNSHIP, TOWNSHIP),
    Pages(("paragraph_drop",), {}, TOWNSHIP),
    # What all who work for a village read
    Pages(("choose-village", "rounds", "round", "settlements", "settlement"), OFFICE),
    Pages(("rulebooks", "rulebook", "policy"), OFFICE),
    Pages(("kinships",), _to(Scope.ANY, *Role) | HOUSEHOLD, _to(Scope.ANY, *Role) | HOUSEHOLD),
    # The rater, the group leader
    Pages(("sheet",), RATER),
    Pages(("sheet_check", "observation_add", "observation_edit"), RATER, RATER),
    Pages(("sheet_nothing", "sheet_undo", "observation_drop"), {}, RATER),
    Pages(("area",), SEES_AREA),
    Pages(("item_confirm", "sheet_confirm", "sheet_return"), {}, LEADER),
    Pages(
        ("evidence",),
        _to(Scope.SHEET, Role.RATER)
        | _to(Scope.AREA, Role.LEADER)
        | _to(Scope.IMPARTIAL, Role.COUNCIL, Role.COMMITTEE)
        | TOWNSHIP
        | OWN_HOME,
    ),
    # The council, the committee
    Pages(("review",), SEES_REVIEW),
    Pages(("review_bulk", "review_send"), SEES_REVIEW, COUNCIL),
    Pages(("review_cast",), {}, _to(Scope.IMPARTIAL, Role.COUNCIL) | STANDS_IN),
    Pages(("review_contest",), {}, _to(Scope.IMPARTIAL, Role.COUNCIL)),
    Pages(("repair_verify",), LEADER, LEADER),
    Pages(("repair_vote",), *[_to(Scope.IMPARTIAL, Role.COUNCIL) | STANDS_IN] * 2),
    Pages(("exhibit",), LEADER | OWN_HOME),
    Pages(("round_sign",), COMMITTEE, COMMITTEE),
    Pages(("item_send_back",), SIGNS_ONE, SIGNS_ONE),
    Pages(("settlement_card",), SIGNS_ONE),
    Pages(("settlement_sign", "settlement_recompute"), {}, COMMITTEE),
    Pages(("amendment",), SIGNS_CHANGE, SIGNS_CHANGE),
    # The township
    Pages(("repairs",), TOWNSHIP),
    Pages(("repair_revoke",), TOWNSHIP, TOWNSHIP),
    # The clerk
    Pages(("round_open", "round_publish", "notice_extend", "notice_hang_up"), CLERK, CLERK),
    Pages(("settlement_start", "settlement_publish"), CLERK, CLERK),
    Pages(("village", "people"), CLERK),
    Pages(("area_new", "area_edit", "policy_set", "links", "kinship_end"), CLERK, CLERK),
    Pages(("account_new", "appoint", "election", "appointment_end"), CLERK, CLERK),
    Pages(("roster", "subject_new", "imports", "import_preview"), CLERK, CLERK),
    Pages(("import_form", "import_marked", "subject"), CLERK),
    Pages(("roster_export", "import_drop", "subject_reveal"), {}, CLERK),
    Pages(("subject_edit", "subject_rater", "subject_kin"), CLERK, CLERK),
    Pages(("subject_split", "subject_merge", "subject_move"), CLERK, CLERK),
    Pages(("subject_head_died", "subject_close"), CLERK, CLERK),
    Pages(("member_add", "member_edit", "member_leave", "member_head", "member_unbind"), CLERK, CLERK),
    Pages(("consent_paper", "consent_withdraw", "slip"), CLERK, CLERK),
    Pages(("rulebook_reopen", "rulebook_adopt", "rule_edit"), CLERK, CLERK),
    Pages(("rulebook_evidence", "rulebook_check", "rulebook_announce", "rulebook_copy"), {}, CLERK),
    Pages(("rule_answer", "rule_remove"), {}, CLERK),
    Pages(("rulebook_export", "rulebook_changes"), CLERK),
)
RULES = {name: pages for pages in TABLE for name in pages.names}


def is_granted(grant: Grant, held: Mapping[str, Iterable[Scope]]) -> bool:
    """Does somebody who is `held` ({who: scopes that tie them to the thing}) fall under a grant."""
    return any(who in held and (scope == Scope.ANY or scope in held[who]) for who, scope in grant.items())
