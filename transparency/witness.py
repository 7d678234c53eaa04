"""A witness: keeps the last checkpoint of a log that it accepted, and cosigns only what continues it.

For the village supervision body and the township, each with a key and a folder of its own, best on a machine of its
own. Needs neither Django nor the database:

    python -m transparency.witness --state FOLDER --name witness.example/zhen --url https://… --village CODE --submit
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import NamedTuple, Protocol

from transparency.checkpoints import TlogProof, TreeHead, digest, head_of, open_checkpoint
from transparency.leaf import commit
from transparency.merkle import leaf_hash
from transparency.notes import COSIGNATURE, NoteError, Signature, Signer, Verifier
from transparency.proofs import ProofError, check_consistency, check_inclusion


class WitnessRefused(Exception):
    """The witness does not sign; the sentence says why and what to do."""


class Source(Protocol):
    """Where a log is read from: its public pages, or the database itself."""

    def keys(self) -> list[str]:
        """The log's public keys."""

    def checkpoint(self) -> str:
        """The checkpoint signed last."""

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the first `new` leaves begin with the first `old`."""

    def epochs(self) -> list[dict]:
        """What opens the first leaf of each epoch."""

    def proof(self, seq: int, size: int) -> tuple[bytes, list[bytes]]:
        """A leaf and its proof in the tree of `size`."""

    def submit(self, size: int, line: str) -> None:
        """Hand in a cosignature."""


class Seen(NamedTuple):
    """What a run came to: the tree head, the new signature, and the size accepted before (0: never)."""

    head: TreeHead
    signature: Signature
    before: int


class Witness:
    """One witness's folder: its private key, and per log the keys it trusts and the checkpoint it accepted last."""

    def __init__(self, folder: Path, name: str = ""):
        self.folder = Path(folder)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.signer = self._key(name)

    def look(
        self, village: str, source: Source, *, now: int, trust: str = "", accept_epoch: bool = False
    ) -> Seen:
        """Take the log's newest checkpoint, check it against the one accepted last, remember it and cosign it.

        `trust` is the log's public key; without it that of the first time is kept, asked from the log itself.
        Raises WitnessRefused; nothing is remembered then.
        """
        message = source.checkpoint()
        kept = self._kept(village)
        known = kept["keys"] if kept else []
        if kept is None or trust:
            keys = [trust] if trust else source.keys()[:1]
            kept = {"keys": keys, "checkpoint": kept["checkpoint"] if kept else ""}
        head = self._opened(message, kept["keys"])
        before = head_of(kept["checkpoint"]) if kept["checkpoint"] else None
        if before and before.origin != head.origin:
            self._check_epoch(source, before, head, [*kept["keys"], *known], accept_epoch)
        elif before:
            self._check_growth(source, before, head)
        self._keep(village, {"keys": kept["keys"], "checkpoint": message})
        return Seen(head, self.signer.sign(head.text, now), before.size if before else 0)

    def _opened(self, message: str, keys: list[str]) -> TreeHead:
        """The key's bytes are what is trusted; its name follows the log's, which changes with an epoch."""
        try:
            origin = head_of(message).origin
            trusted = [Verifier(origin, Verifier.from_vkey(vkey).public) for vkey in keys]
            return open_checkpoint(message, trusted)[0]
        except NoteError as error:
            raise WitnessRefused(
                f"检查点的签名不对，不是这份日志的公钥签的（{error}）。先不要签，去问清楚。"
            ) from error

    @staticmethod
    def _check_growth(source: Source, before: TreeHead, head: TreeHead) -> None:
        if head.size < before.size:
            raise WitnessRefused(
                f"日志变短了：上次有{before.size}条，现在只有{head.size}条。有人拿掉了记录。"
            )
        try:
            proof = source.consistency(before.size, head.size)
            check_consistency(before.size, before.root, head.size, head.root, proof)
        except (ProofError, NoteError) as error:
            raise WitnessRefused(
                f"现在的日志和上次见证的{before.size}条接不上：以前的记录被改过（{error}）。"
            ) from error

    def _check_epoch(
        self, source: Source, before: TreeHead, head: TreeHead, keys: list[str], accepted: bool
    ) -> None:
        """New names count only when the first leaf of each says openly which checkpoint was the last of the one before."""
        chain = source.epochs()
        ended = [head_of(one["ended"]) if one["ended"] else None for one in chain]
        after = [n for n, old in enumerate(ended) if old and old.origin == before.origin]
        if not after or chain[-1]["origin"] != head.origin or ended[after[0]].size < before.size:
            raise WitnessRefused("日志换了名字，说明里写的检查点和上次见证的对不上。")
        chain = chain[after[0] :]
        for epoch in chain:
            self._opened(epoch["ended"], keys)  # else anybody could say what was signed last
        if ended[after[0]].size == before.size and ended[after[0]].root != before.root:
            raise WitnessRefused(
                "日志换了名字，说明里写的检查点和上次见证的一样长，根却不一样：以前的记录被改过。"
            )
        if not all(_opens(epoch, source, head) for epoch in chain):
            raise WitnessRefused("日志换了名字，却没有公开说明原来的签到哪里。")
        first = chain[0]
        if before.size <= first["starts"]:
            self._check_growth(source, before, head)  # what was seen is all still there
        if not accepted:
            why = "；".join(json.loads(epoch["body"]).get("why", "") for epoch in chain)
            raise WitnessRefused(
                f"日志开了新纪元：原来签到{ended[after[0]].size}条，现在从第{first['starts']}条接下去。说明：{why}"
                "。核实以后同意的话，加上--accept-epoch再来一次。"
            )

    def _key(self, name: str) -> Signer:
        path = self.folder / "witness.key"
        if path.exists():
            return Signer.from_text(path.read_text(encoding="utf-8"))
        if not name:
            raise WitnessRefused("第一次要用--name给见证人起个名字，例如 qinghe.example/jiandu。")
        try:
            Verifier(name, bytes(32), COSIGNATURE)
        except NoteError as error:
            raise WitnessRefused("见证人的名字里不能有空格和加号。") from error
        signer = Signer.new(name, COSIGNATURE)
        _write(path, signer.text + "\n")
        return signer

    def _kept(self, village: str) -> dict | None:
        path = self._path(village)
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def _keep(self, village: str, kept: dict) -> None:
        _write(self._path(village), json.dumps(kept, ensure_ascii=False, indent=1))

    def _path(self, village: str) -> Path:
        return self.folder / f"{hashlib.sha256(village.encode()).hexdigest()[:16]}.json"


def _opens(epoch: dict, source: Source, head: TreeHead) -> bool:
    """Whether an epoch's first leaf is in the tree and commits to the checkpoint it is said to name."""
    try:
        old, body = head_of(epoch["ended"]), json.loads(epoch["body"])
        leaf, proof = source.proof(epoch["starts"], head.size)
        check_inclusion(leaf_hash(leaf), epoch["starts"], head.size, proof, head.root)
        opened = json.loads(leaf)["commit"] == commit(bytes.fromhex(epoch["salt"]), body).hex()
        return opened and body["detail"]["ended"] == {
            "origin": old.origin,
            "size": old.size,
            "root": old.root.hex(),
        }
    except (ValueError, KeyError, TypeError):
        return False


class Web:
    """A log's public pages."""

    def __init__(self, url: str, village: str):
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise WitnessRefused("--url要写网址，例如 https://lianping.example。")
        self.base = f"{url.rstrip('/')}/log/{urllib.parse.quote(village)}/"

    def keys(self) -> list[str]:
        """The log's public keys."""
        return self._get("key").splitlines()

    def checkpoint(self) -> str:
        """The checkpoint signed last."""
        return self._get("checkpoint")

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Proof that the first `new` leaves begin with the first `old`."""
        lines = self._get(f"consistency?{urllib.parse.urlencode({'from': old, 'to': new})}")
        return [digest(line) for line in lines.splitlines()]

    def epochs(self) -> list[dict]:
        """What opens the first leaf of each epoch."""
        return [json.loads(line) for line in self._get("epochs").splitlines()]

    def proof(self, seq: int, size: int) -> tuple[bytes, list[bytes]]:
        """A leaf and its proof in the tree of `size`."""
        found = TlogProof.parse(self._get(f"proof/{seq}?size={size}"))
        return found.extra, list(found.hashes)

    def submit(self, size: int, line: str) -> None:
        """Hand in a cosignature."""
        self._get("cosign", urllib.parse.urlencode({"size": size, "line": line}).encode())

    def _get(self, page: str, data: bytes | None = None) -> str:
        try:
            with urllib.request.urlopen(self.base + page, data=data, timeout=30) as answer:
                return answer.read(10_000_000).decode()
        except urllib.error.HTTPError as error:
            raise WitnessRefused(
                f"{self.base}{page}答的是{error.code}：{error.read(300).decode(errors='replace')}"
            ) from error
        except OSError as error:
            raise WitnessRefused(f"连不上{self.base}：{error}") from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What both ways to run a witness take."""
    parser.add_argument(
        "--state", required=True, type=Path, help="见证人自己的文件夹，密钥和上次的检查点在里面"
    )
    parser.add_argument("--name", default="", help="第一次：见证人的名字，例如 qinghe.example/jiandu")
    parser.add_argument("--village", required=True, help="村的12位区划代码")
    parser.add_argument("--url", default="", help="网址，例如 https://lianping.example")
    parser.add_argument(
        "--key", default="", help="日志的公钥（公示单或网页上那一行）；不写就记住第一次看到的"
    )
    parser.add_argument("--submit", action="store_true", help="把签名交回去（要先登记在LOG_WITNESSES）")
    parser.add_argument("--accept-epoch", action="store_true", help="核实过了，接受新纪元")


def run(options, source: Source, write) -> int:
    """One look at one log, told in plain sentences; returns the exit status."""
    try:
        witness = Witness(options.state, options.name)
        write(f"见证人的公钥：{witness.signer.verifier.vkey}")
        seen = witness.look(
            options.village,
            source,
            now=int(time.time()),
            trust=options.key,
            accept_epoch=options.accept_epoch,
        )
        grown = f"，从上次见证的{seen.before}条接得上" if seen.before else "，这是第一次见证"
        write(f"{seen.head.origin}：{seen.head.size}条{grown}。")
        write(seen.signature.line().rstrip("\n"))
        if options.submit:
            source.submit(seen.head.size, seen.signature.line())
            write("签名已经交回去了。")
    except (WitnessRefused, NoteError) as refused:
        write(f"没有签：{refused}")
        return 1
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Look once, over the web."""
    parser = argparse.ArgumentParser(
        prog="python -m transparency.witness", description="见证一个村的记录日志。"
    )
    add_arguments(parser)
    options = parser.parse_args(arguments)
    try:
        source = Web(options.url, options.village)
    except WitnessRefused as refused:
        print(refused)
        return 1
    return run(options, source, print)


def _write(path: Path, text: str) -> None:
    """Whole or not at all, for the owner only, on disk when this returns."""
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


if __name__ == "__main__":
    sys.exit(main())
