//! The code that is checked in, and the way to build with it.

use std::fs;
use std::path::Path;
use std::process::Command;

use similar::TextDiff;

use crate::build::adapt::{KNOWN, adapt};
use crate::build::{self, Document, locate};

/// What a person is shown where the code that is checked in is not what its document makes now.
fn drift(name: &str, checked_in: &str, made: &str) -> Option<String> {
    let header = (format!("src/generated/{name}.rs, checked in"), format!("made of openapi/{name}.yaml"));
    let diff = TextDiff::from_lines(checked_in, made);
    (checked_in != made).then(|| {
        format!(
            "the client has changed with its document; look at the change, and accept it with\n\n    \
             BLESS=1 cargo test generated::the_checked_in_code\n\n{}",
            diff.unified_diff().context_radius(1).header(&header.0, &header.1)
        )
    })
}

/// The code that is checked in is what the documents make now. So both ways of building give the same public API, and a change of
/// a document is seen as a change of the API.
#[test]
fn the_checked_in_code_is_what_the_documents_make() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/generated");
    // BLESS=1 accepts the code; a test of this command names a folder of its own instead.
    let bless = std::env::var("BLESS").ok().map(|value| if value == "1" { folder.clone() } else { value.into() });
    for name in build::DOCUMENTS {
        let document = Document::read(&locate::packaged(name).unwrap()).unwrap();
        let made = build::code(name, &document).unwrap().code;
        let file = format!("{name}.rs");
        if let Some(folder) = &bless {
            fs::write(folder.join(file), made).unwrap();
        } else {
            let checked_in = fs::read_to_string(folder.join(file)).unwrap_or_default();
            assert!(checked_in == made, "{}", drift(name, &checked_in, &made).unwrap_or_default());
        }
    }
}

#[test]
fn a_changed_document_is_shown_as_a_change_of_the_code() {
    let text = fs::read_to_string(locate::packaged(build::MAIN).unwrap().path).unwrap();
    let code = |text: &str| build::code(build::MAIN, &Document::parse("x.yaml", text).unwrap()).unwrap().code;
    let before = code(&text);
    assert_eq!(drift("secmaster", &before, &before), None);
    let after = code(&text.replace("  version: 1.0.0\n", "  version: 1.1.0\n"));
    let shown = drift("secmaster", &before, &after).unwrap();
    let head = "the client has changed with its document; look at the change, and accept it with\n\n    \
                BLESS=1 cargo test generated::the_checked_in_code\n\n\
                --- src/generated/secmaster.rs, checked in\n+++ made of openapi/secmaster.yaml\n";
    assert!(shown.starts_with(head), "{shown}");
    assert!(shown.contains("\n-        \"1.0.0\"\n+        \"1.1.0\"\n"), "{shown}");
    assert_eq!(shown.matches("\n-").count(), 3, "the head and the two places of the version: {shown}");
}

/// What the generator writes of a request, with all that is adapted.
const WRITTEN: &str = r#"
use progenitor_client::{encode_path, ResponseValue};
pub mod builder {
    impl<'a> Get<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client, id: Err("id was not initialized".to_string()), page: Ok(None) }
        }
        pub async fn send(self) -> Result<ResponseValue<types::Thing>, Error<()>> {
            let Self { client, id, page } = self;
            let id = id.map_err(Error::InvalidRequest)?;
            let page = page.map_err(Error::InvalidRequest)?;
            let url = format!("{}/things/{}.json", client.baseurl, encode_path(&id.to_string()),);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map.append(HeaderName::from_static("api-version"), HeaderValue::from_static(super::Client::api_version()));
            let response = result?;
            match response.status().as_u16() {
                200u16 => ResponseValue::from_response(response).await,
                201u16 => Ok(ResponseValue::stream(response)),
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
}
"#;

/// The same, adapted.
const ADAPTED: &str = r#"
#[allow(unused_imports)]
use crate::path::EncodePath as encode_path;
use progenitor_client::{ResponseValue};
pub mod builder {
    impl<'a> Get<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client: client, id: Err(String::new()), page: Ok(None) }
        }
        pub async fn send(self) -> Result<ResponseValue<types::Thing>, Error<()>> {
            let Self { client, id, page } = self;
            let id = id.map_err(|text| crate::call::not_set("id", text))?;
            let page = page.map_err(Error::InvalidRequest)?;
            let url = client.inner.address(&format!("/things/{}.json", id.encode_path()));
            let mut header_map = ::reqwest::header::HeaderMap::new();
            let response = result?;
            match response.status().as_u16() {
                200u16 => client.inner.value(response),
                201u16 => Ok(ResponseValue::stream(client.inner.whole(response))),
                204u16 => Ok(ResponseValue::empty(response)),
                400u16 => Err(Error::ErrorResponse(client.inner.value(response)?)),
                _ => Err(Error::UnexpectedResponse(client.inner.whole(response))),
            }
        }
    }
}
"#;

#[test]
fn the_code_of_the_generator_is_adapted() {
    let read = |text| syn::parse_file(text).unwrap();
    let mut code = read(WRITTEN);
    adapt(&mut code).unwrap();
    assert_eq!(prettyplease::unparse(&code), prettyplease::unparse(&read(ADAPTED)));
}

#[test]
fn a_generator_that_writes_another_form_is_told_of() {
    for (from, to, expected) in [
        ("encode_path, Resp", "Resp", "it does not import what encodes path parameters any more"),
        ("pub fn new", "pub fn begin", "a builder of its requests has no method new"),
        ("pub async fn send", "pub async fn call", "a builder of its requests has no method send"),
        ("page: Ok(None) }", "page: Ok(None) }.checked()", "it does not begin a builder as it did"),
        ("id.map_err(Error::InvalidRequest)?", "id.unwrap()", "it does not ask for the parameter id as it did"),
        ("super::Client::api_version()", "\"1\"", "it does not add the header api-version as it did"),
        ("::with_capacity(1usize)", "::default()", "it does not collect headers as it did"),
        ("\"{}/things", "\"{base}/things", "it does not make the address as it did"),
        ("&id.to_string()", "&id", "it does not make the address as it did"),
        ("Err(\"id was", "::std::result::Result::Err(\"id was", "it does not begin a builder as it did"),
        ("200u16 => ResponseValue", "200u16 => api::ResponseValue", "it does not read answers as it did"),
        ("Ok(ResponseValue::stream(", "Ok(ResponseValue::piped(", "it does not read answers as it did"),
        ("Error::UnexpectedResponse(", "Error::unexpected(", "it does not read answers as it did"),
        (
            "match response.status().as_u16()",
            "return decode(response).await; match 0",
            "it does not read answers as it did",
        ),
    ] {
        let text = WRITTEN.replace(from, to);
        assert_ne!(text, WRITTEN, "{from}");
        let text =
            if to.contains("decode") { format!("{}}}}}}}", text.split_once("match 0").unwrap().0) } else { text };
        assert_eq!(adapt(&mut syn::parse_file(&text).unwrap()), Err(expected.to_owned()), "{to}");
    }
}

/// A user's build takes this version and no other, whatever is published later.
#[test]
fn the_generator_that_is_known_is_the_one_that_the_manifest_asks_for() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let manifest: String = manifest.split_whitespace().collect();
    for (name, places) in [("progenitor", 2), ("progenitor-impl", 1)] {
        assert_eq!(manifest.matches(&format!("{name}={{version=\"={KNOWN}\",")).count(), places, "{name} {KNOWN}");
    }
}

#[test]
fn an_operation_whose_answers_have_no_body_is_made() {
    let text = "openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}\npaths:\n  /x:\n    delete:\n      operationId: Remove\n      \
                responses:\n        default: {description: It is gone.}\n";
    let code = build::code("x", &Document::parse("x.yaml", text).unwrap()).unwrap().code;
    assert!(code.contains("ResponseValue::empty(response)"), "{code}");
}

fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

#[test]
fn without_codegen_the_build_script_depends_on_nothing() {
    let tree = |features: &[&str]| {
        let output = cargo()
            .args(["tree", "--offline", "--edges", "build", "--prefix", "none"])
            .args(features)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().count()
    };
    assert_eq!(tree(&["--no-default-features"]), 1, "the crate itself");
    assert!(tree(&[]) > 1);
}

#[test]
fn without_codegen_a_document_of_ones_own_is_refused() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("build-script-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let script = folder.join("build-script");
    let rustc = Command::new("rustc")
        .args(["--edition", "2024", "--check-cfg", "cfg(feature, values(\"codegen\"))", "build.rs", "-o"])
        .arg(&script)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(rustc.status.success(), "{}", String::from_utf8_lossy(&rustc.stderr));
    let run = |value: &str| {
        let output = Command::new(&script).env("SECMASTER_OPENAPI", value).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let common = "cargo::rerun-if-env-changed=SECMASTER_OPENAPI\ncargo::rerun-if-changed=build.rs\n";
    let cfgs = "cargo::rustc-check-cfg=cfg(has_create_action)\ncargo::rustc-cfg=has_create_action\n";
    assert_eq!(run(""), (true, format!("{common}{cfgs}")));
    let error = "cargo::error=SECMASTER_OPENAPI is set, but the client can only be generated with the feature codegen of \
                 secmaster-client, which is off; turn it on, or unset the variable to use the packaged client\n";
    assert_eq!(run("/some/openapi.yaml"), (false, format!("{common}{error}")));
    fs::remove_dir_all(folder).unwrap();
}

/// The command of the README that accepts the code of a changed document, with a folder of its own to write to.
#[test]
fn the_command_of_the_readme_writes_the_code() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    assert!(readme.contains("\nBLESS=1 cargo test generated::the_checked_in_code\n"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bless-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let output = cargo().args(["test", "generated::the_checked_in_code"]).env("BLESS", &folder).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for name in build::DOCUMENTS {
        let written = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
        let document = Document::read(&locate::packaged(name).unwrap()).unwrap();
        assert_eq!(written, build::code(name, &document).unwrap().code);
    }
    fs::remove_dir_all(folder).unwrap();
}
