#!/bin/sh
# Generates a client from each OpenAPI document in a folder and compiles it: codegen/check_documents.sh FOLDER [cargo options]
# Prints one line per document, and fails if a client cannot be generated or does not compile. Large documents take minutes.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(cd "${1:?usage: check_documents.sh FOLDER [cargo options]}" && pwd)
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
cargo build --quiet --release -p secmaster-client-codegen --features cli
mkdir -p "$work/src"
cat > "$work/Cargo.toml" <<TOML
[package]
name = "documents"
version = "0.0.0"
edition = "2024"

[dependencies]
secmaster-client = { path = "$root" }
serde = { version = "1", features = ["derive"] }
serde_json = "1"

[workspace]
TOML
cp Cargo.lock "$work"
failed=0
for document in "$folder"/*.json "$folder"/*.yaml "$folder"/*.yml; do
    [ -f "$document" ] || continue
    if ! "${CARGO_TARGET_DIR:-target}/release/secmaster-codegen" generate "$document" --out "$work/client.rs" > "$work/lines"; then
        grep '^error' "$work/lines" || true
        echo "$document: not generated"
        failed=1
        continue
    fi
    echo '#[allow(warnings)] pub mod client { include!("../client.rs"); }' > "$work/src/lib.rs"
    if CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}/documents" cargo check --quiet --manifest-path "$work/Cargo.toml" "$@" 2> "$work/errors"; then
        tail -n 1 "$work/lines"
    else
        cat "$work/errors"
        echo "$document: does not compile"
        failed=1
    fi
done
exit $failed
