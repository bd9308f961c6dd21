#!/bin/bash
# Stands for the public bootstrap: fetches one script and its checksums the way that one does, and says what came.
set -u
from=https://raw.githubusercontent.com/tracebloc/client/v0/scripts
curl -fsSL "$from/lib/common.sh" -o "$TMPDIR/common.sh" || exit 1
cat "$TMPDIR/common.sh"
curl -fsSL "$from/lib/not-there.sh" -o "$TMPDIR/not-there.sh" && exit 3
curl -fsSL https://github.com/tracebloc/client/releases/download/v0/manifest.sha256 -o "$TMPDIR/manifest" && cat "$TMPDIR/manifest"
curl -fsSL https://github.com/tracebloc/client/releases/download/v0/manifest.sha256.sig -o "$TMPDIR/sig" && exit 3
tracebloc doctor && echo "healthy"
exit 0
