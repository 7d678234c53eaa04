"""How a rule is said in words: what it gives, what it asks for."""

from governance.models import Rule
from governance.rulebook_changes import said


def test_evidence_still_to_be_chosen_is_not_said_as_none(world):
    litter = world.rules["litter"]
    assert said(litter) == "每次减2分，要照片"
    litter.evidence = ""
    assert said(litter) == "每次减2分，证据还没选"
    litter.evidence = Rule.Evidence.NONE
    assert said(litter) == "每次减2分，不要证据"
