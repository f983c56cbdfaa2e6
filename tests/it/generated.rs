//! The code that is checked in, and the way to build with it.

use std::fs;
use std::path::Path;
use std::process::Command;

use similar::TextDiff;

use crate::build::rename::rename;
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
    assert_eq!(shown.matches("\n-").count(), 4, "the head and the three places of the version: {shown}");
}

/// A request as the generator writes it.
const WRITTEN: &str = r#"
use progenitor_client::{encode_path, ResponseValue};
/// Not reqwest::Client.
pub struct Client { pub(crate) client: reqwest::Client, reqwest: ::serde_json::Value }
impl Client {
    pub fn new(inner: Session) -> Self {
        reqwest::ClientBuilder::new()
    }
}
pub mod builder {
    #[doc = "Sends a `GET` request to `/<project_id>/things`"]
    pub async fn send(self) -> Result<ResponseValue<types::Thing>, Error<()>> {
        let url = format!("{}/<project_id>/things", client.baseurl);
        let request = client.client.get(url).query(&progenitor_client::QueryParam::new("<project_id>", &project_id));
        header_map.append(::reqwest::header::HeaderName::from_static("api-version"));
        let info = OperationInfo { operation_id: "list_things" };
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    pub async fn send(self) -> Result<ResponseValue<ByteStream>, Error<()>> {
        let info = OperationInfo { operation_id: "export_things" };
        Ok(ResponseValue::stream(response))
    }
}
"#;

/// The same, renamed.
const RENAMED: &str = r#"
use crate::runtime::{encode_path, ResponseValue};
/// Not reqwest::Client.
pub struct Client { pub(crate) client: crate::runtime::http::Client, reqwest: ::serde_json::Value }
impl Client {
    #[doc(hidden)]
    pub fn new(inner: Session) -> Self {
        crate::runtime::http::ClientBuilder::new()
    }
}
pub mod builder {
    #[doc = "Sends a `GET` request to `/{project_id}/things`"]
    pub async fn send(self) -> Result<ResponseValue<types::Thing>, Error> {
        let url = format!("{}/<project_id>/things", client.baseurl);
        let request = client.client.get(url).query(&crate::runtime::QueryParam::new("<project_id>", &project_id));
        header_map.append(crate::runtime::http::header::HeaderName::from_static("api-version"));
        let info = OperationInfo { operation_id: "list_things" };
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    pub async fn send(self) -> Result<ResponseValue<ByteStream>, Error> {
        let info = OperationInfo { operation_id: "export_things" };
        Ok(ResponseValue::stream(response))
    }
}
"#;

#[test]
fn generated_code_names_the_runtime() {
    let renamed = rename(WRITTEN.parse().unwrap(), "crate::runtime").unwrap();
    let layout = |code| prettyplease::unparse(&syn::parse2(code).unwrap());
    assert_eq!(layout(renamed.code), layout(RENAMED.parse().unwrap()));
    let sends: Vec<_> = renamed.sends.iter().map(|send| (send.function.as_str(), send.streamed)).collect();
    assert_eq!(sends, [("list_things", false), ("export_things", true)]);
}

#[test]
fn an_unknown_form_of_generated_code_is_an_error() {
    for (from, to, expected) in [
        ("progenitor_client::", "progenitor_runtime::", "it does not name progenitor_client"),
        ("types::Thing>, Error<()>>", "types::Thing>, Error<types::Failure>>", "it writes an Error<types :: Failure>"),
        ("types::Thing>, Error<()>>", "types::Thing>, Failure>", "it does not return Error<()> from send()"),
    ] {
        let text = WRITTEN.replace(from, to);
        assert_ne!(text, WRITTEN, "{from}");
        assert_eq!(rename(text.parse().unwrap(), "crate::runtime").err().as_deref(), Some(expected), "{to}");
    }
}

#[test]
fn an_operation_whose_answers_have_no_body_is_made() {
    let text = "openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}\npaths:\n  /x:\n    delete:\n      operationId: Remove\n      \
                responses:\n        default: {description: It is gone.}\n";
    let code = build::code("x", &Document::parse("x.yaml", text).unwrap()).unwrap().code;
    assert!(code.contains("ResponseValue::empty(response)"), "{code}");
}

#[test]
fn failures_may_have_any_number_of_bodies() {
    let document = |responses: &str| {
        let text = format!(
            "openapi: 3.0.3\ninfo: {{title: T, version: 1.0.0}}\npaths:\n  /x:\n    get:\n      operationId: Show\n      \
             responses:\n        '200': {{description: d, content: {{application/json: {{schema: {{type: string}}}}}}}}\n{responses}"
        );
        build::code("x", &Document::parse("x.yaml", &text).unwrap()).unwrap().code
    };
    let alone = document("");
    assert!(alone.contains("200u16 => ResponseValue::from_response(response).await"), "{alone}");
    let failures = "        '400': {description: d, content: {application/json: {schema: {type: integer}}}}\n        \
                    '404': {description: d, content: {text/html: {schema: {type: string}}}}\n        \
                    '409': {description: d}\n        \
                    default: {description: d, content: {application/json: {schema: {type: object}}}}\n";
    assert_eq!(document(failures), alone);
}

#[test]
fn options_and_trace_are_generated() {
    let text = "openapi: 3.0.3\ninfo: {title: T, version: 1.0.0}\npaths:\n  /x:\n    options:\n      operationId: Ask\n      \
                responses:\n        '204': {description: d}\n    trace:\n      operationId: Follow\n      responses:\n        \
                '204': {description: d}\n";
    let code = build::code("x", &Document::parse("x.yaml", text).unwrap()).unwrap().code;
    assert!(code.contains(".options(url)") && code.contains(".trace(url)"), "{code}");
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
