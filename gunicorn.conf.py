"""What gunicorn reads by itself when started in this folder: its workers count requests together (/metrics)."""

import os
import tempfile
from pathlib import Path

# Before prometheus_client is loaded: it then counts in files of this folder, which all workers share.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="lianping-metrics-"))


def child_exit(server, worker):
    """A worker that is gone counts no more; what it counted stays in the sums, its file does not."""
    from prometheus_client import multiprocess

    from operations.metrics import gone

    multiprocess.mark_process_dead(worker.pid)
    gone.fold(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
