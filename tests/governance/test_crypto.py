import base64
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.crypto import DecryptionError, Keyring, KeyringError, keyring, normalise, parse_key

OLD, NEW, INDEX = b"o" * 32, b"n" * 32, b"i" * 32
ROW, OTHER_ROW = UUID(int=1), UUID(int=2)
RING = Keyring({"k1": OLD}, "k1", INDEX)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_opens_again(text):
    assert RING.decrypt(RING.encrypt(text, "member.name", ROW), "member.name", ROW) == text


def test_the_same_name_is_sealed_differently_each_time():
    assert RING.encrypt("王芳", "member.name", ROW) != RING.encrypt("王芳", "member.name", ROW)


def test_a_name_moved_to_another_row_does_not_open():
    with pytest.raises(DecryptionError, match=rf"member\.name解不开（行{OTHER_ROW}）"):
        RING.decrypt(RING.encrypt("王芳", "member.name", ROW), "member.name", OTHER_ROW)


def test_a_phone_moved_to_the_name_column_does_not_open():
    with pytest.raises(DecryptionError, match=r"member\.name解不开"):
        RING.decrypt(RING.encrypt("13800000000", "member.phone", ROW), "member.name", ROW)


def test_another_key_under_the_same_id_does_not_open():
    other = Keyring({"k1": NEW}, "k1", INDEX)
    with pytest.raises(DecryptionError, match="密钥不对"):
        other.decrypt(RING.encrypt("王芳", "member.name", ROW), "member.name", ROW)


def test_a_key_that_was_taken_away_is_named():
    with pytest.raises(DecryptionError, match="没有密钥“k1”"):
        Keyring({"k2": NEW}, "k2", INDEX).decrypt(RING.encrypt("王芳", "p", ROW), "p", ROW)


@pytest.mark.parametrize("keep", [0, 1, 2, 3, 8, 15, 20, 30])
def test_a_shortened_text_does_not_open(keep):
    with pytest.raises(DecryptionError):
        RING.decrypt(RING.encrypt("王芳", "p", ROW)[:keep], "p", ROW)


def test_one_changed_bit_anywhere_does_not_open():
    sealed = RING.encrypt("王芳", "p", ROW)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(DecryptionError):
            RING.decrypt(changed, "p", ROW)


def test_after_rotation_old_texts_open_and_new_ones_use_the_new_key():
    rotated = Keyring({"k1": OLD, "k2": NEW}, "k2", INDEX)
    assert rotated.decrypt(RING.encrypt("王芳", "p", ROW), "p", ROW) == "王芳"
    only_new = Keyring({"k2": NEW}, "k2", INDEX)
    assert only_new.decrypt(rotated.encrypt("王芳", "p", ROW), "p", ROW) == "王芳"


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("王 芳", "王芳"),
        (" 王\u3000芳\n", "王芳"),
        ("+86 138-0013-8000", "13800138000"),
        ("１３８ ００１３ ８０００", "13800138000"),
        ("33052219700101123x", "33052219700101123X"),
    ],
)
def test_a_person_is_found_however_the_roster_spaced_it(written, searched):
    assert RING.blind_index(written, "p") == RING.blind_index(searched, "p")


def test_different_people_and_purposes_have_different_indexes():
    assert RING.blind_index("王芳", "member.name") != RING.blind_index("王方", "member.name")
    assert RING.blind_index("王芳", "member.name") != RING.blind_index("王芳", "subject.name")


def test_hyphens_stay_in_a_text_that_is_no_number():
    assert normalise("三组-12号") == "三组-12号"


def test_the_index_needs_its_own_key():
    assert RING.blind_index("王芳", "p") != Keyring({"k1": OLD}, "k1", NEW).blind_index("王芳", "p")
    with pytest.raises(KeyringError, match="不能和FIELD_KEYS里的密钥相同"):
        Keyring({"k1": OLD}, "k1", OLD)


@pytest.mark.parametrize(
    ("keys", "primary", "says"),
    [
        ({"k1": OLD}, "k9", "没有主密钥“k9”"),
        ({"k1": b"short"}, "k1", "32个字节"),
        ({"钥": OLD}, "钥", "“钥”"),
    ],
)
def test_a_bad_keyring_is_refused_with_what_to_do(keys, primary, says):
    with pytest.raises(KeyringError, match=says):
        Keyring(keys, primary, INDEX)


def test_keys_are_read_from_hex_and_base64():
    assert parse_key("k1", OLD.hex()) == OLD
    assert parse_key("k1", base64.b64encode(OLD).decode()) == OLD
    assert parse_key("k1", base64.urlsafe_b64encode(b"\xff" * 32).decode()) == b"\xff" * 32


@pytest.mark.parametrize("text", ["", "abc", "00" * 31, "不是密钥"])
def test_an_unreadable_key_is_named_but_never_shown(text):
    with pytest.raises(KeyringError, match="密钥“k1”读不出来") as refusal:
        parse_key("k1", text)
    assert not text or text not in str(refusal.value)


def test_the_keyring_is_built_once_from_the_settings(settings):
    settings.FIELD_KEYS = {"a": OLD.hex(), "b": base64.b64encode(NEW).decode()}
    settings.FIELD_KEY_PRIMARY = "b"
    settings.BLIND_INDEX_KEY = INDEX.hex()
    keyring.cache_clear()
    try:
        assert keyring() is keyring()
        assert (
            Keyring({"b": NEW}, "b", INDEX).decrypt(keyring().encrypt("王芳", "p", ROW), "p", ROW) == "王芳"
        )
    finally:
        keyring.cache_clear()
