#!/usr/bin/env bash
# Sends valid and invalid generated requests to the fake server, and checks its responses against the OpenAPI document. Requires
# schemathesis 4 (pip install schemathesis) and about three minutes. Arguments, such as --seed 1, are passed to schemathesis.
#
# The server accepts made-up IDs, so that requests reach the operations. The gateway does not return 405: it treats an undocumented method
# as an unknown operation.
set -euo pipefail
cd "$(dirname "$0")/.."
document=$PWD/openapi/secmaster.yaml

cargo build --quiet --example fake_server
coproc server { exec cargo run --quiet --example fake_server any-ids; }
read -r settings <&"${server[0]}"
setting() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/" <<<"$settings"; }

# schemathesis writes files to its working directory.
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
cd "$scratch"
schemathesis run "$document" --url "$(setting endpoint)" --header "X-Auth-Token: $(setting token)" \
    --phases examples,coverage,fuzzing --max-examples 25 --exclude-checks unsupported_method --continue-on-failure "$@"
