#!/usr/bin/env bash
# What a user's clean build costs, beside a client of the same operation that is written by hand with reqwest.
#
#   bash benches/build_cost.sh [NAME...]
#
# It prints a table: crates compiled, wall seconds and CPU seconds of a clean debug build, of each or of those that are named; and then the
# seconds from an edited OpenAPI document to a rebuilt crate. Everything is fetched before the first build, and built in a folder that is
# removed at the end.
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

ours() { # name, what follows the path
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

# The packaged document, edited in a copy of the crate.
mkdir "$work/copy"
(cd "$root" && git ls-files -z | xargs -0 cp --parents -t "$work/copy")
cd "$work/copy"
export CARGO_TARGET_DIR="$work/copy/target"
cargo build --offline --quiet -p secmaster-client
sed -i 's/version: 1.0.0/version: 1.0.1/' openapi/secmaster.yaml
seconds=$( { time cargo build --offline --quiet -p secmaster-client; } 2>&1 )
echo
echo "from an edited document to a rebuilt crate: ${seconds%% *} s"
