"""存证: one file by which a household proves later, without this installation, what the log says of its own thing.

Four steps lead from the row to the signature, and each is in the file: the row's columns, and its words under the row's
blinding value, hash to its digest; the digest
stands in the tree of what the event says (transparency.digest_tree); that tree's root is in the event's body, which the
leaf commits to; the leaf is in the log, whose checkpoint is signed. Of other households the file holds hashes only.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable

from django.db import models

from governance.events import (
    WORDS_HEX_BEFORE,
    columns_of,
    hash_of_columns,
    plain,
    row_name,
    words_hash,
    words_of,
)  # fmt: skip
from governance.models import Event
from transparency import digest_tree, receipts
from transparency.checkpoints import TlogProof, TreeHead
from transparency.leaf import commit
from transparency.notes import NoteError, Verifier
from transparency.proofs import ProofError

FORM = "lianping/receipt@v1"


class NotToBeOpenedError(LookupError):
    """The words of the event are erased, or are not this household's to take away."""


class ReceiptError(ValueError):
    """A receipt that does not prove what it says; the message says which step fails."""


def make(event: Event, row: models.Model) -> str:
    """The receipt that `event` vouched for `row`, as JSON.

    The caller has checked that the row is the reader's own. Raises NotSignedYetError (come back tomorrow) and
    NotToBeOpenedError: erased, or the event has words and is not about this household alone.
    """
    body = getattr(event, "body", None)
    name = row_name(row)
    if body is None or name not in event.digests:
        raise NotToBeOpenedError(f"event {event.seq} does not open")
    content, salt = json.loads(body.content), bytes(body.salt)
    if (content["why"] or content["detail"]) and not event.subject_key:
        raise NotToBeOpenedError(f"event {event.seq} has words of several")
    at, hashes = digest_tree.proof(event.digests, salt, name)
    version, names = columns_of(row, int(event.digests[name].partition(":")[0]))
    columns = {column: plain(getattr(row, column)) for column in names}
    blind, words = digest_tree.blind(salt, name), words_of(row)
    _, hashed, *said = event.digests[name].split(":")
    if said and len(said[0]) == WORDS_HEX_BEFORE:
        words, said = {}, []  # nothing in the file could prove them
    if hashed != hash_of_columns(columns) or said != ([words_hash(words, blind)] if words else []):
        raise NotToBeOpenedError(f"{name} is not as event {event.seq} said any more")
    return json.dumps({
        "form": FORM,
        "proof": receipts.proof_for(event.village.code, event.seq),
        "opening": {"salt": digest_tree.opening(salt).hex(), "body": content},
        "tree": {
            "name": name, "digest": event.digests[name], "blind": blind.hex(),
            "index": at, "size": len(event.digests), "hashes": [b64encode(each).decode() for each in hashes],
        },
        "row": {"version": version, "columns": columns},
        "said": words,
    }, ensure_ascii=False, indent=1) + "\n"  # fmt: skip


def check(text: str, vkeys: Iterable[str]) -> dict:
    """What a receipt proves: {"head", "leaf", "body", "columns", "said", "name"}. Needs neither database nor network.

    "said" is None for words that the file holds and cannot prove. `vkeys` come from elsewhere, never from the file.
    Raises ReceiptError with the step that fails, in Chinese.
    """
    try:
        return _checked(json.loads(text), vkeys)
    except ReceiptError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReceiptError("这不是存证文件，或者文件不完整。") from error


def _checked(found: dict, vkeys: Iterable[str]) -> dict:
    if found["form"] != FORM:
        raise ReceiptError("不认识这种写法的存证，请用新一些的程序核对。")
    proof, tree, body = TlogProof.parse(found["proof"]), found["tree"], found["opening"]["body"]
    head = _check_proof(proof, vkeys)
    leaf = json.loads(proof.extra)
    if commit(bytes.fromhex(found["opening"]["salt"]), body).hex() != leaf["commit"]:
        raise ReceiptError("日志里的那一条，和存证里写的事对不上。")
    if (body["seq"], body["name"]) != (leaf["seq"], leaf["kind"]):
        raise ReceiptError("存证里写的事，和日志里那一条的编号或名称对不上。")
    _check_tree(tree, body)
    version, hashed, *words = tree["digest"].split(":")
    columns = found["row"]["columns"]
    if f"{found['row']['version']}" != version or hash_of_columns(columns) != hashed:
        raise ReceiptError("存证里的内容被改过，和当时记下的不一样。")
    said = _proven_words(found["said"], words, bytes.fromhex(tree["blind"]))
    return {"head": head, "leaf": leaf, "body": body, "columns": columns, "said": said, "name": tree["name"]}


def _proven_words(said: dict, hashed: list[str], blind: bytes) -> dict | None:
    """The words, when they hash to what the row's digest says of them; None when that is of the kind that tells nobody."""
    if hashed and len(hashed[0]) == WORDS_HEX_BEFORE:
        return None if said else {}
    if words_hash(said, blind) not in hashed if hashed else said:
        raise ReceiptError("存证里写的话被改过，和当时记下的不一样。")
    return said


def _check_proof(proof: TlogProof, vkeys: Iterable[str]) -> TreeHead:
    try:
        return proof.check(proof.extra, [Verifier.from_vkey(vkey) for vkey in vkeys])[0]
    except NoteError as error:
        raise ReceiptError("签名不对：不是这把公钥签的，或者公钥抄错了。") from error
    except ProofError as error:
        raise ReceiptError("签过名的日志里，没有存证说的那一条。") from error


def _check_tree(tree: dict, body: dict) -> None:
    try:
        digest_tree.check(
            tree["name"], tree["digest"], bytes.fromhex(tree["blind"]), tree["index"], tree["size"],
            [b64decode(each) for each in tree["hashes"]], bytes.fromhex(body["digests"]),
        )  # fmt: skip
    except (ProofError, ValueError, KeyError, TypeError) as error:
        raise ReceiptError("那一次记下的各行里，没有存证里的这一行。") from error
