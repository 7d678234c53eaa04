"""存证: one file by which a household proves later, without this installation, what the log says of its own thing.

Four steps lead from the row to the signature, and each is in the file: the row's columns hash to its digest; the digest
stands in the tree of what the event says (transparency.digest_tree); that tree's root is in the event's body, which the
leaf commits to; the leaf is in the log, whose checkpoint is signed. Of other households the file holds hashes only.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable

from django.db import models

from governance.events import columns_of, hash_of_columns, plain, row_name, words_of
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
    if event.digests[name].split(":")[1] != hash_of_columns(columns):
        raise NotToBeOpenedError(f"{name} is not as event {event.seq} said any more")
    return json.dumps({
        "form": FORM,
        "proof": receipts.proof_for(event.village.code, event.seq),
        "opening": {"salt": digest_tree.opening(salt).hex(), "body": content},
        "tree": {
            "name": name, "digest": event.digests[name], "blind": digest_tree.blind(salt, name).hex(),
            "index": at, "size": len(event.digests), "hashes": [b64encode(each).decode() for each in hashes],
        },
        "row": {"version": version, "columns": columns},
        "said": words_of(row),
    }, ensure_ascii=False, indent=1) + "\n"  # fmt: skip


def check(text: str, vkeys: Iterable[str]) -> dict:
    """What a receipt proves: {"head", "leaf", "body", "columns"}. Needs neither database nor network.

    `vkeys` come from elsewhere, never from the file. Raises ReceiptError with the step that fails, in Chinese.
    """
    try:
        found = json.loads(text)
        proof, tree, body = TlogProof.parse(found["proof"]), found["tree"], found["opening"]["body"]
        salt, columns = bytes.fromhex(found["opening"]["salt"]), found["row"]["columns"]
    except (ValueError, KeyError, TypeError) as error:
        raise ReceiptError("这不是存证文件，或者文件不完整。") from error
    head = _check_proof(proof, vkeys)
    leaf = json.loads(proof.extra)
    if commit(salt, body).hex() != leaf["commit"]:
        raise ReceiptError("日志里的那一条，和存证里写的事对不上。")
    if (body["seq"], body["name"]) != (leaf["seq"], leaf["kind"]):
        raise ReceiptError("存证里写的事，和日志里那一条的编号或名称对不上。")
    _check_tree(tree, body)
    version, said = tree["digest"].split(":")[:2]
    if f"{found['row']['version']}" != version or hash_of_columns(columns) != said:
        raise ReceiptError("存证里的内容被改过，和当时记下的不一样。")
    return {"head": head, "leaf": leaf, "body": body, "columns": columns, "name": tree["name"]}


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
