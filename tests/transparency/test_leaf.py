import hashlib
import unicodedata

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from transparency.leaf import NotCanonicalError, canonical, commit, leaf_data

SALT = b"s" * 32
texts = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: unicodedata.normalize("NFC", text))
keys = st.text(st.characters(max_codepoint=127))
integers = st.integers(-(2**53) + 1, 2**53 - 1)
bodies = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=30,
)


@given(bodies)
def test_the_bytes_are_those_of_rfc_8785(body):
    assert canonical(body) == rfc8785.dumps(body)


def test_the_order_in_which_keys_were_written_does_not_matter():
    assert canonical({"b": 1, "a": {"d": 2, "c": 3}}) == b'{"a":{"c":3,"d":2},"b":1}'


def test_a_text_typed_with_combining_marks_is_the_same_text():
    assert canonical(["e\u0301"]) == canonical(["\u00e9"]) == '["é"]'.encode()


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        b"bytes",
        {1, 2},
        {"分": 1},
        {1: 1},
        "\ud800",
        {"a": [{"b": 0.5}]},
    ],
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(NotCanonicalError):
        canonical(value)


def test_the_commitment_is_the_hash_that_the_design_page_writes_down():
    expected = hashlib.sha256(b"lianping/v1\0" + SALT + '{"why":"扫院子"}'.encode()).digest()
    assert commit(SALT, {"why": "扫院子"}) == expected


def test_another_salt_hides_the_same_body():
    assert commit(SALT, {"a": 1}) != commit(b"t" * 32, {"a": 1})


def test_a_short_salt_is_refused():
    with pytest.raises(ValueError, match="a salt has 32 bytes"):
        commit(b"short", {})


def test_a_leaf_tells_only_what_is_public():
    assert leaf_data("lianping.example/330522001001", 7, "published", "2026-10", bytes(32)) == (
        b'{"commit":"' + b"00" * 32 + b'","kind":"published","log":"lianping.example/330522001001",'
        b'"period":"2026-10","seq":7,"v":1}'
    )
