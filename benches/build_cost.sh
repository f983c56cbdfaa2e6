#!/usr/bin/env bash
# Measures a clean build of this crate and of a hand-written reqwest client for the same operation.
#
#   bash benches/build_cost.sh [NAME...]
#
# Prints a table with the number of crates, the wall time and the CPU time of a clean debug build for each configuration, or only for the
# given names; then prints the time to rebuild the crate after a change to the OpenAPI document. All dependencies are fetched before the
# first build. Builds run in a temporary directory, which is removed on exit.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
TIMEFORMAT='%R %U %S'

crate() { # name, dependencies, main
    mkdir -p "$work/$1/src"
    printf '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[profile.dev]\nincremental = false\n\n[dependencies]\n%b\n' "$1" "$2" >"$work/$1/Cargo.toml"
    printf '%b\n' "$3" >"$work/$1/src/main.rs"
    cp "$root/Cargo.lock" "$work/$1/Cargo.lock"
    (cd "$work/$1" && cargo fetch --quiet)
}

ours() { # name, further dependency options
    crate "$1" "secmaster-client = { path = \"$root\"$2 }" 'fn main() { println!("{}", secmaster_client::Client::api_version()); }'
}

crate handwritten 'reqwest = { version = "0.13", default-features = false, features = ["json", "rustls"] }\nserde = { version = "1", features = ["derive"] }\nserde_json = "1"\ntokio = { version = "1", features = ["macros", "rt"] }' '
use serde::{Deserialize, Serialize};
#[derive(Serialize)] struct CreateAction { name: Option<String>, action_type: String, action_id: String }
#[derive(Deserialize, Debug)] struct Created { code: serde_json::Value, data: Option<Vec<serde_json::Value>> }
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let actions = [CreateAction { name: None, action_type: "AOP_WORKFLOW".into(), action_id: "a".into() }];
    let url = "https://secmaster.cn-north-4.myhuaweicloud.com/v1/p/workspaces/w/soc/playbooks/versions/v/actions";
    let response = reqwest::Client::new().post(url).header("X-Auth-Token", "t").json(&actions).send().await?;
    let created: Created = response.json().await?;
    println!("{:?} {:?}", created.code, created.data);
    Ok(())
}'
ours checked-in ', default-features = false, features = ["rustls"]'
ours default ''
ours default-without-tls ', default-features = false, features = ["codegen"]'
ours default-schemars ', features = ["schemars"]'
ours default-test-util ', features = ["test-util"]'

build() { # name
    local log="$work/$1.log" times wall user system
    times=$( { time (cd "$work/$1" && CARGO_TARGET_DIR="$work/$1/target" cargo build --offline >"$log" 2>&1); } 2>&1 ) || { cat "$log"; exit 1; }
    read -r wall user system <<<"$times"
    printf '| %s | %s | %s | %s |\n' "$1" "$(grep -c '^ *Compiling' "$log")" "$wall" "$(awk "BEGIN { print $user + $system }")"
}

echo '| clean build | crates | wall s | CPU s |'
echo '| --- | --- | --- | --- |'
[ $# -gt 0 ] || set -- handwritten checked-in default default-without-tls default-schemars default-test-util
for name in "$@"; do
    build "$name"
done

# Edits the packaged document in a copy of the crate.
mkdir "$work/copy"
(cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$work/copy")
cd "$work/copy"
export CARGO_TARGET_DIR="$work/copy/target"
cargo build --offline --quiet -p secmaster-client
sed -i 's/version: 1.0.0/version: 1.0.1/' openapi/secmaster.yaml
seconds=$( { time cargo build --offline --quiet -p secmaster-client; } 2>&1 )
echo
echo "rebuild after a change of the OpenAPI document: ${seconds%% *} s"
