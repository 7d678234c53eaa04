"""Who may open and who may act on every page: the one table behind docs/permissions.md and its test.

The checks themselves are asked in each view and service; tests/test_permissions.py walks every page as everybody and
holds them against this table, so neither can change alone. Source: design/5-trust.md, Access.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from governance.models.people import OF_VILLAGES, Role


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
    SHOWN = "shown"  # a finding about them, their area or their step
    DRAWN = "drawn"  # a household drawn by lot for this rater to look at again


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
OFFICE = _to(Scope.VILLAGE, *OF_VILLAGES)
HOLDS_OFFICE = _to(Scope.ANY, *Role)
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
# Who asked for it, and who heads the household.
OWN_ERASURE = OWN_HOME | _to(Scope.MINE, MEMBER)
DESK = CLERK | _to(Scope.VILLAGE, Role.HELPER)
OFFICER = _to(Scope.VILLAGE, Role.OFFICER)
# Beside them the officer, where somebody without an account was asked.
WAS_ASKED = _to(Scope.MINE, Role.RATER, Role.LEADER)
OPERATOR = _to(Scope.VILLAGE, Role.OPERATOR)
# Who may start one.
OWN_JOB = _to(Scope.MINE, Role.CLERK, Role.COMMITTEE, Role.PANEL, Role.SUPERVISION, Role.SUPERVISOR)
# Whom a finding is about.
SHOWN = _to(Scope.SHOWN, Role.RATER)
CASES = TOWNSHIP | _to(Scope.VILLAGE, Role.SUPERVISOR)
SUPERVISES = _to(Scope.VILLAGE, Role.SUPERVISION, Role.SUPERVISOR)

LOOKS_BACK = CLERK | SUPERVISES
READS_SAMPLES = _to(Scope.ANY, Role.CLERK, Role.SUPERVISION, Role.SUPERVISOR, Role.OPERATOR)
TRIES_DRAFTS = LOOKS_BACK | _to(Scope.VILLAGE, Role.COUNCIL, Role.COMMITTEE)

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
    Pages(
        ("home", "display", "public_home", "public_village", "notice", "notice_pdf", "rulebook_print"), ANYONE
    ),
    Pages(("bind",), ANYONE, ANYONE),
    # For machines: no person's data; metrics with a token, or from this machine only
    Pages(("livez", "readyz", "metrics"), ANYONE),
    # The logs, for everybody's own tools
    Pages(("log_key", "log_checkpoint", "log_checkpoints", "log_checkpoint_at", "log_consistency"), ANYONE),
    Pages(("log_leaves", "log_proof", "log_epochs"), ANYONE),
    Pages(("log_cosign",), {}, ANYONE),
    Pages(("public_log",), ANYONE),
    Pages(("bind_phone",), {}, SIGNED_IN),
    Pages(("todo", "sheets", "areas"), SIGNED_IN),
    # Long work: everybody's own
    Pages(("jobs",), SIGNED_IN),
    Pages(("job", "job_file"), OWN_JOB),
    Pages(("job_again",), {}, OWN_JOB),
    *ALLAUTH,
    # Where somebody is reached: their own account's
    Pages(("notify_email", "notify_email_code"), SIGNED_IN, SIGNED_IN),
    Pages(("notify_wechat", "notify_wechat_start", "notify_wechat_back", "notify_calendar"), SIGNED_IN),
    Pages(("notify_email_drop", "notify_wechat_drop", "notify_calendar_stop"), {}, SIGNED_IN),
    Pages(("notify_calendar_renew",), {}, HOLDS_OFFICE),
    Pages(("notify_calendar_file",), HOLDS_OFFICE),
    # By a secret address: a calendar does not sign in
    Pages(("notify_calendar_feed",), ANYONE),
    # The household
    Pages(("my_points", "my_readings", "my_cases", "my_why"), ADULT),
    Pages(("my_line", "my_receipt", "my_case_receipt"), OWN_HOME),
    Pages(("my_consent", "my_withdraw"), HOUSEHOLD, HOUSEHOLD),
    Pages(("my_consent_sign",), HOUSEHOLD),
    Pages(("objection_file", "objection_card", "objection_missing", "objection_repair"), FILES, FILES),
    Pages(("objection",), FILES | OFFICER),
    Pages(("objection_agree", "objection_review", "objection_withdraw"), FILES, FILES),
    Pages(("objection_hand_in",), *[FILES | OFFICER] * 2),
    Pages(("repair_file", "repair_show", "repair_hand_in", "repair_withdraw"), FILES, FILES),
    Pages(("repair",), FILES | TOWNSHIP),
    # The household's rights over its data
    Pages(("my_data",), HOUSEHOLD),
    Pages(("my_copy",), {}, HOUSEHOLD),
    Pages(("my_wrong", "my_erase"), HOUSEHOLD, HOUSEHOLD),
    Pages(("rectification",), FILES),
    Pages(("rectification_withdraw",), {}, FILES),
    Pages(("rectification_answer",), {}, CLERK),
    Pages(("erasure",), OWN_ERASURE),
    Pages(("erasure_undo",), {}, _to(Scope.MINE, MEMBER)),
    Pages(("requests",), DESK | OFFICER, DESK),
    Pages(("requests_of",), CLERK | HELPER),
    Pages(("desk_copy",), {}, CLERK | HELPER),
    Pages(("desk_wrong", "desk_erase"), *[CLERK | HELPER] * 2),
    # The desk
    Pages(("desk",), DESK, DESK),
    Pages(("desk_file",), CLERK | HELPER),
    # The township's correction in bulk
    Pages(("corrections", "correction"), READS_CORRECTION),
    Pages(("correction_new",), TOWNSHIP, TOWNSHIP),
    Pages(("correction_sign",), {}, TOWNSHIP | _to(Scope.STANDING_IN, Role.SUPERVISOR)),
    Pages(("correction_export",), {}, READS_CORRECTION),
    Pages(("correction_drop",), {}, TOWNSHIP),
    Pages(("guard",), SUPERVISES),
    # All changes; of a household once its file was opened with a reason
    Pages(("changes", "changes_export", "changes_home"), SUPERVISES),
    Pages(("changes_export_long",), {}, SUPERVISES),
    Pages(("changes_of", "change_story"), SUPERVISES, SUPERVISES),
    # What the watch shows, and who says something about it
    Pages(("watch", "watch_person", "watch_export", "watch_all"), SUPERVISES),
    Pages(("watch_look",), {}, SUPERVISES),
    Pages(("findings_mine",), SIGNED_IN),
    Pages(("finding",), SUPERVISES | SHOWN),
    Pages(("finding_answer",), {}, SHOWN),
    Pages(("finding_close",), {}, SUPERVISES),
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
    # What people are told
    Pages(("inbox", "inbox_count"), SIGNED_IN),
    Pages(("how_told",), SIGNED_IN, SIGNED_IN),
    Pages(("inbox_read", "inbox_undo", "how_tried"), {}, SIGNED_IN),
    Pages(("message_open",), {}, _to(Scope.MINE, RESIDENT)),
    Pages(("message_samples",), READS_SAMPLES),
    Pages(("handouts", "handouts_print", "handouts_done"), DESK),
    Pages(("handouts_give", "handouts_undo"), {}, DESK),
    Pages(("deliveries",), _to(Scope.ANY, Role.CLERK, Role.OPERATOR)),
    # The operators' page: the state of the machinery, nothing of a household
    Pages(("stuck", "stuck_of", "health"), OPERATOR),
    Pages(("stuck_item", "stuck_together"), OPERATOR, OPERATOR),
    # What all who work for a village read
    Pages(("choose-village", "rounds", "round", "settlements", "settlement"), OFFICE),
    Pages(("rulebooks", "rulebook", "policy"), OFFICE),
    Pages(("kinships",), *[_to(Scope.ANY, *OF_VILLAGES) | HOUSEHOLD] * 2),
    # The rater, the group leader
    Pages(("sheet",), RATER),
    Pages(("second_rating",), *[_to(Scope.DRAWN, Role.RATER)] * 2),
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
    Pages(("settlement_sign", "settlement_recompute", "settlement_print"), {}, COMMITTEE),
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
    Pages(
        ("rulebook_evidence", "rulebook_remove", "rulebook_check", "rulebook_announce", "rulebook_copy"),
        {},
        CLERK,
    ),
    Pages(("rule_answer", "rule_remove"), {}, CLERK),
    Pages(("rulebook_export", "rulebook_changes"), CLERK),
    # Looking back, replay, trial of a draft
    Pages(("asof_rulebook", "asof_rulebook_export"), OFFICE),
    Pages(("asof_roles", "asof_roles_export", "replays", "replays_export"), LOOKS_BACK),
    Pages(("asof_roster",), LOOKS_BACK, LOOKS_BACK),
    Pages(("asof_roster_export",), {}, CLERK),
    Pages(("asof_card", "asof_card_export"), SUPERVISES, SUPERVISES),
    Pages(("whatif", "whatif_export"), TRIES_DRAFTS),
)
RULES = {name: pages for pages in TABLE for name in pages.names}


def is_granted(grant: Grant, held: Mapping[str, Iterable[Scope]]) -> bool:
    """Does somebody who is `held` ({who: scopes that tie them to the thing}) fall under a grant."""
    return any(who in held and (scope == Scope.ANY or scope in held[who]) for who, scope in grant.items())
