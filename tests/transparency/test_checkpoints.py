import pytest

from transparency.checkpoints import TlogProof, TreeHead, head_of, open_checkpoint, with_signatures
from transparency.merkle import leaf_hash, root
from transparency.notes import COSIGNATURE, NoteError, Signer, sign_note
from transparency.proofs import ProofError, inclusion_proof

SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"  # of C2SP
LOG, WITNESS = Signer("example.com/log", b"1" * 32), Signer("witness.example/w", b"2" * 32, COSIGNATURE)
LEAVES = [b"%d" % n for n in range(21)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


def proof_of(index, size=21) -> TlogProof:
    head = TreeHead("example.com/log", size, root(HASHES[:size]))
    checkpoint = with_signatures(str(sign_note(head.text, LOG)), [WITNESS.sign(head.text, 7).line().strip()])
    return TlogProof(index, tuple(inclusion_proof(HASHES, index, size)), checkpoint, LEAVES[index])


def test_a_checkpoint_is_three_lines():
    head = TreeHead.parse(SOFA)
    assert (head.origin, head.size, head.root.hex()[:8]) == (
        "example.com/behind-the-sofa",
        20852163,
        "0ac5186a",
    )
    assert head.text == SOFA


def test_further_lines_are_kept():
    assert TreeHead.parse(SOFA + "more\n").text == SOFA + "more\n"


@pytest.mark.parametrize(
    "text",
    ["", "\n", "a\n1\n", SOFA[:-1], SOFA.replace("208", "0208"), SOFA.replace("208", "-208"), SOFA.replace("Cs", "s"),
     "\n" + SOFA, SOFA + "\n", SOFA.replace("20852163", "1" * 20), SOFA.replace("20852163", "２")],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        TreeHead.parse(text)


def test_a_checkpoint_counts_when_the_log_signed_it():
    message = str(sign_note(SOFA, LOG))
    head, _ = open_checkpoint(message, [LOG.verifier])
    assert head == head_of(message) == TreeHead.parse(SOFA)
    with pytest.raises(NoteError):
        open_checkpoint(message, [WITNESS.verifier])


def test_a_proof_is_laid_out_as_c2sp_says():
    lines = proof_of(5).text.split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra NQ==", "index 5"]
    assert lines[8:11] == ["", "example.com/log", "21"]
    assert lines[-1] == ""


@pytest.mark.parametrize("index", [0, 5, 20])
def test_a_proof_is_checked_with_nothing_but_itself_and_the_keys(index):
    proof = TlogProof.parse(proof_of(index).text)
    assert proof == proof_of(index)
    head, good = proof.check(proof.extra, [LOG.verifier, WITNESS.verifier])
    assert (head.size, len(good)) == (21, 2)


def test_a_tree_of_one_leaf_needs_no_hashes():
    proof = TlogProof.parse(proof_of(0, size=1).text)
    assert proof.hashes == ()
    proof.check(b"0", [LOG.verifier])


def test_a_proof_of_another_leaf_is_refused():
    with pytest.raises(ProofError):
        proof_of(5).check(b"6", [LOG.verifier])


@pytest.mark.parametrize(
    ("old", "new"),
    [("tlog-proof@v1", "tlog-proof@v2"), ("index 5", "index 05"), ("index 5\n", ""), ("extra NQ==", "extra NQ"),
     ("\n\nexample", "\nexample"), ("example.com/log\n21", "example.com/log\n22")],
)  # fmt: skip
def test_a_proof_that_was_changed_is_refused(old, new):
    text = proof_of(5).text
    assert old in text
    with pytest.raises(NoteError):
        TlogProof.parse(text.replace(old, new, 1)).check(b"5", [LOG.verifier])
