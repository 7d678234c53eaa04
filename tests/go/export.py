"""Put into a folder what anybody can fetch from a log's public pages, and give it to the Go verifier."""

import os
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

SOURCE = Path(__file__).with_name("verify.go")
PACKAGES = Path("/usr/share/gocode")  # where Debian's golang-golang-x-mod-dev is
IS_THERE = bool(shutil.which("go")) and (PACKAGES / "src/golang.org/x/mod/sumdb/tlog").is_dir()


def export(village: str, folder: Path, *, old: int, new: int, seqs) -> Path:
    """Key, checkpoints of two sizes that were signed, the proof between them, and receipts of some leaves."""
    from transparency import receipts, signing, tiles  # conftest.py reads this module before Django is ready
    from transparency.models import Log

    folder.mkdir(parents=True, exist_ok=True)
    key = signing.verifiers(Log.objects.get(village=village).origin)[0].vkey
    hashes = tiles.consistency(village, old, new)
    texts = {
        "key": f"{key}\n",
        "old": receipts.signed(receipts.at_size(village, old)),
        "new": receipts.signed(receipts.at_size(village, new)),
        "consistency": "".join(f"{b64encode(digest).decode()}\n" for digest in hashes),
    } | {f"{seq}.tlog-proof": receipts.proof_for(village, seq, new) for seq in seqs}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder


def build(folder: Path) -> Path:
    """Compile the verifier against Debian's package, without the network."""
    program = folder / "verify"
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": str(PACKAGES),
        "GOFLAGS": "",
        "GOPROXY": "off",
    }
    subprocess.run(
        ["go", "build", "-o", program, SOURCE], env=environment, check=True, capture_output=True, timeout=300
    )
    return program


def verify(program: Path, folder: Path) -> subprocess.CompletedProcess:
    """Run it over an exported folder."""
    return subprocess.run([program, folder], capture_output=True, text=True, timeout=60)
