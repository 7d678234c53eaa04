"""Signed notes: examples published by others, byte for byte, and what must be refused."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transparency.notes import (
    COSIGNATURE,
    NoteError,
    Signer,
    Verifier,
    open_note,
    parse_note,
    parse_signature,
    sign_note,
    signed_time,
)

# The example in the documentation of Go's golang.org/x/mod/sumdb/note.
NEUMANN_KEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
NEUMANN_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
NEUMANN_NOTE = NEUMANN_TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of C2SP signed-note, where no private key is published.
FOO_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
NEUMANN = Verifier.from_vkey(NEUMANN_VKEY)
LOG, WITNESS = Signer("example.com/log", b"1" * 32), Signer("witness.example/w", b"2" * 32, COSIGNATURE)


def test_a_note_is_signed_byte_for_byte_as_go_does_it():
    signer = Signer.from_text(NEUMANN_KEY)
    assert str(sign_note(NEUMANN_TEXT, signer)) == NEUMANN_NOTE
    assert (signer.verifier.vkey, signer.text) == (NEUMANN_VKEY, NEUMANN_KEY)


@pytest.mark.parametrize(("vkey", "message"), [(NEUMANN_VKEY, NEUMANN_NOTE), (FOO_VKEY, FOO_NOTE)])
def test_notes_of_others_are_read_and_written_again(vkey, message):
    verifier = Verifier.from_vkey(vkey)
    note, [good] = open_note(message, [verifier])
    assert (verifier.vkey, str(note)) == (vkey, message)
    assert (good.name, good.key_id) == (verifier.name, verifier.key_id)


def test_the_text_may_hold_empty_lines():
    text = "一行\n\n又一行\n"
    note, _ = open_note(str(sign_note(text, LOG)), [LOG.verifier])
    assert note.text == text


def test_signatures_of_strangers_are_kept_and_not_counted():
    note, good = open_note(str(sign_note("x\n", WITNESS, LOG)), [LOG.verifier])
    assert [one.name for one in good] == ["example.com/log"]
    assert len(note.signatures) == 2
    with pytest.raises(NoteError, match="not signed by a key"):
        open_note(NEUMANN_NOTE, [LOG.verifier])


def test_a_namesake_with_another_key_is_a_stranger():
    with pytest.raises(NoteError, match="not signed by a key"):
        open_note(str(sign_note("x\n", LOG)), [Signer("example.com/log", b"3" * 32).verifier])


def test_one_wrong_signature_of_a_known_key_spoils_the_note():
    other = sign_note("y\n", LOG).signatures[0].line()
    with pytest.raises(NoteError, match="does not fit"):
        open_note(str(sign_note("x\n", LOG)) + other, [LOG.verifier])


@given(st.integers(0, len(NEUMANN_TEXT.encode()) - 1), st.integers(0, 7))
def test_one_flipped_bit_of_the_text_is_seen(at, bit):
    data = bytearray(NEUMANN_NOTE.encode())
    data[at] ^= 1 << bit
    with pytest.raises(NoteError):
        open_note(data.decode(errors="replace"), [NEUMANN])


@given(st.integers(0, 67), st.integers(0, 7))
def test_one_flipped_bit_of_the_signature_is_seen(at, bit):
    [signature] = parse_note(NEUMANN_NOTE).signatures
    data = bytearray(signature.key_id + signature.value)
    data[at] ^= 1 << bit
    line = f"— PeterNeumann {b64encode(data).decode()}\n"
    with pytest.raises(NoteError):
        open_note(f"{NEUMANN_TEXT}\n{line}", [NEUMANN])


def test_a_cosignature_says_when():
    note = sign_note("example.com/log\n5\nAAAA\n", LOG)
    signature = WITNESS.sign(note.text, 1679315147)
    assert signed_time(signature) == 1679315147
    assert len(signature.value) == 72
    _, good = open_note(str(note) + signature.line(), [LOG.verifier, WITNESS.verifier])
    assert len(good) == 2
    moved = signature._replace(value=(1679315148).to_bytes(8, "big") + signature.value[8:])
    with pytest.raises(NoteError, match="does not fit"):
        open_note(str(note) + moved.line(), [WITNESS.verifier])


def test_a_witness_s_key_has_an_id_and_a_text_of_its_own():
    plain = Signer(WITNESS.name, WITNESS.seed)
    assert plain.verifier.key_id != WITNESS.verifier.key_id
    assert Signer.from_text(WITNESS.text) == WITNESS
    assert Verifier.from_vkey(WITNESS.verifier.vkey) == WITNESS.verifier
    with pytest.raises(NoteError, match="not a cosignature"):
        signed_time(plain.sign("x\n"))


@pytest.mark.parametrize(
    "message",
    ["", "x\n", "x\n\n", "x\n\n— a\n", "x\n\n— a AAAA\n", "x\n\n- a AAAAAAA=\n", "x\n\n— a AAAAAAA=", "\tx\n\n— a AAAAAAA=\n",
     "x\n\n— a+b AAAAAAA=\n", "x\n\n— a AAAAAAB=\n", "x\n\n— a AAAA AAA=\n", "x\r\n\n— a AAAAAAA=\n"],
)  # fmt: skip
def test_what_is_no_note_is_refused(message):
    with pytest.raises(NoteError):
        parse_note(message)


def test_a_note_with_endless_signatures_is_refused():
    line = sign_note("x\n", LOG).signatures[0].line()
    with pytest.raises(NoteError, match="too many"):
        parse_note("x\n\n" + line * 65)
    with pytest.raises(NoteError):
        parse_note("x" * 200_000 + "\n\n" + line)
    assert len(parse_note("x\n\n" + line * 16).signatures) == 16


@pytest.mark.parametrize(
    "vkey",
    ["", "a", "a+00000000", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
     "Peter+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "a b+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
     "PeterNeumann+c74f20a3+ARpc", "PeterNeumann+c74f20a3+AhpcWQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
)  # fmt: skip
def test_what_is_no_public_key_is_refused(vkey):
    with pytest.raises(NoteError):
        Verifier.from_vkey(vkey)


@pytest.mark.parametrize("text", ["", NEUMANN_VKEY, NEUMANN_KEY[:-4], NEUMANN_KEY.replace("c74f", "c74e")])
def test_what_is_no_private_key_is_refused_without_repeating_it(text):
    with pytest.raises(NoteError) as refused:
        Signer.from_text(text)
    assert NEUMANN_KEY[-20:] not in str(refused.value)


def test_a_signature_line_stands_alone():
    line = parse_note(FOO_NOTE).signatures[0].line()
    assert parse_signature(line.strip("\n")).line() == line


@pytest.mark.parametrize("text", ["no newline", "tab\t\n", "\ud800\n"])
def test_what_cannot_be_a_note_is_not_signed(text):
    with pytest.raises(NoteError):
        sign_note(text, LOG)
