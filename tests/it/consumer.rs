//! A crate with a document of its own, built and run as a user would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use secmaster_client::{Client, OPERATIONS, Operation};

use crate::build::Document;

/// A copy of `tests/consumer/`, which a test may change.
struct Consumer {
    folder: PathBuf,
}

impl Consumer {
    fn copy() -> Self {
        let (root, folder) =
            (Path::new(env!("CARGO_MANIFEST_DIR")), Path::new(env!("CARGO_TARGET_TMPDIR")).join("consumer"));
        let original = root.join("tests/consumer");
        for file in [".cargo/config.toml", "openapi.yaml", "src/main.rs", "src/bin/version.rs"] {
            fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
            fs::copy(original.join(file), folder.join(file)).unwrap();
        }
        fs::copy(original.join("manifest.toml"), folder.join("Cargo.toml")).unwrap();
        // The same versions of all dependencies as here.
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let consumer = Self { folder };
        consumer.edit("Cargo.toml", "\"../..\"", &format!("{:?}", root.display().to_string()));
        consumer
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from:?}");
        fs::write(path, text.replace(from, to)).unwrap();
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO"));
        for (name, _) in
            std::env::vars().filter(|(name, _)| name.starts_with("CARGO") || name.starts_with("SECMASTER_"))
        {
            if name != "CARGO_HOME" {
                command.env_remove(name);
            }
        }
        command.args(arguments).current_dir(&self.folder);
        // It is kept from one run of the tests to the next, for the dependencies do not change.
        command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("consumer-target"));
        command.env("CARGO_PROFILE_DEV_DEBUG", "0").output().unwrap()
    }

    fn run(&self, bin: &str) -> String {
        let output = self.cargo(&["run", "--quiet", "--bin", bin]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a build says that fails, without the ways of cargo.
    fn refusal(&self) -> Vec<String> {
        let output = self.cargo(&["build", "--quiet", "--bin", "version"]);
        assert!(!output.status.success(), "it was built");
        let text = String::from_utf8(output.stderr).unwrap();
        let prefix = format!("error: secmaster-client@{}: ", env!("CARGO_PKG_VERSION"));
        text.lines().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
    }
}

/// The ways of one consumer, one after the other, since they share a folder and what was built.
#[test]
fn a_consumer_brings_a_document_of_its_own() {
    let consumer = Consumer::copy();
    let document = consumer.folder.join("openapi.yaml").display().to_string();
    let bytes = fs::metadata(&document).unwrap().len();

    // Every operation works, without a line of code here. The version of the document may be any text: it is in no header.
    let output = consumer.run("consumer");
    let expected = format!(
        "\
version 2.0.0-测试, {bytes} bytes
CreatePlaybookAction POST Some(\"application/json;charset=UTF-8\")
DeletePlaybookAction DELETE None
ExportActions GET None
ListPlaybookActions GET None
UpdatePlaybookAction PUT Some(\"application/json\")
created 1, true
listed 2, true
deleted 204 No Content
exported 200 OK \"id,name\\n\"
DeletePlaybookAction: request not sent: one of the path parameters project_id, workspace_id, version_id, action_id is \
\".\" or \"..\"; a path parameter is not empty, \".\" or \"..\", and has no backslash
ListPlaybookActions: returned 502 Bad Gateway: <html> (request id lost?); retryable: true
POST /v1/P/workspaces/w/soc/playbooks/versions/v/actions \"application/json;charset=UTF-8\" version: - token: true
GET /v1/P/workspaces/w/soc/playbooks/versions/v/actions?limit=2&search=a+b%26c \"-\" version: - token: true
PUT /v1/P/workspaces/w/soc/playbooks/versions/v/actions/a%2Fb \"application/json\" version: - token: true
DELETE /v1/P/workspaces/w/soc/playbooks/versions/v/actions/a \"-\" version: - token: true
GET /v1/P/exports/a%20b/10/7.csv \"-\" version: 3 token: true
GET /v1/P/workspaces/w/soc/playbooks/versions/v/actions \"-\" version: - token: true
"
    );
    assert_eq!(output, expected);

    // Editing the document builds anew.
    consumer.edit("openapi.yaml", "version: 2.0.0-测试", "version: 2.0.1");
    consumer.edit("openapi.yaml", "operationId: ListPlaybookActions", "operationId: ListActions");
    let all = "CreatePlaybookAction DeletePlaybookAction ExportActions ListActions UpdatePlaybookAction";
    assert_eq!(consumer.run("version"), format!("version 2.0.1, {all}\n"));

    // A mistake is one line.
    consumer.edit("openapi.yaml", "operationId: ListActions", "operationId: DeletePlaybookAction");
    let refusal = consumer.refusal();
    assert_eq!(refusal.len(), 1, "{refusal:?}");
    assert!(refusal[0].starts_with(&format!("{document}:")), "{refusal:?}");
    consumer.edit(
        "openapi.yaml",
        "operationId: DeletePlaybookAction\n      summary: Listing",
        "operationId: ListActions\n      summary: Listing",
    );

    // What would surprise is a warning.
    consumer.edit(
        "openapi.yaml",
        "          description: What the workflow is called.",
        "          enum: [a, b]\n          description: What the workflow is called.",
    );
    let output = consumer.cargo(&["build", "--bin", "version"]);
    let text = String::from_utf8(output.stderr).unwrap();
    let warnings: Vec<_> = text.lines().filter(|line| line.starts_with("warning: secmaster-client@")).collect();
    assert!(output.status.success() && warnings.len() == 1 && warnings[0].contains(&format!("{document}:")), "{text}");
    assert!(warnings[0].contains("an answer with a value that enum does not list fails as a whole"), "{text}");
    consumer.edit("openapi.yaml", "          enum: [a, b]\n", "");

    // The operation and the schema that this crate knows by name may be called otherwise.
    consumer.edit("openapi.yaml", "operationId: CreatePlaybookAction", "operationId: BindWorkflows");
    consumer.edit("openapi.yaml", "CreateAction:", "NewAction:");
    consumer.edit("openapi.yaml", "schemas/CreateAction'", "schemas/NewAction'");
    let all = "BindWorkflows DeletePlaybookAction ExportActions ListActions UpdatePlaybookAction";
    assert_eq!(consumer.run("version"), format!("version 2.0.1, {all}\n"));

    // JSON is as good as YAML.
    let text = fs::read_to_string(&document).unwrap();
    let json = Document::parse("openapi.yaml", &text).unwrap().value.to_string();
    fs::write(consumer.folder.join("openapi.json"), json).unwrap();
    consumer.edit(".cargo/config.toml", "openapi.yaml", "openapi.json");
    assert_eq!(consumer.run("version"), format!("version 2.0.1, {all}\n"));

    refuses_what_can_not_be_used(&consumer);
    goes_back_to_the_packaged_document(&consumer);
}

fn refuses_what_can_not_be_used(consumer: &Consumer) {
    // A file that cannot be read is told.
    fs::write(consumer.folder.join("openapi.json"), b"openapi: 3.0.3\ninfo: \xff").unwrap();
    let json = consumer.folder.join("openapi.json").display().to_string();
    assert_eq!(consumer.refusal(), [format!("{json}:2: this is not UTF-8; save the file as UTF-8")]);
    consumer.edit(".cargo/config.toml", "openapi.json", "openapi.yaml");

    // A path that can not be used is told.
    consumer.edit(".cargo/config.toml", "relative = true", "relative = false");
    assert_eq!(
        consumer.refusal(),
        [
            "SECMASTER_OPENAPI: the path openapi.yaml is relative, and would be looked for in the folder of this package; write an \
          absolute path, or in .cargo/config.toml: [env] SECMASTER_OPENAPI = { value = \"openapi.yaml\", relative = true }"
        ]
    );
    consumer.edit(".cargo/config.toml", "\"openapi.yaml\", relative = false", "\"missing.yaml\", relative = true");
    let missing = consumer.folder.join("missing.yaml").display().to_string();
    assert_eq!(
        consumer.refusal(),
        [format!("SECMASTER_OPENAPI: {missing} does not exist; name the file that holds the OpenAPI document")]
    );
    fs::create_dir_all(&missing).unwrap();
    assert_eq!(
        consumer.refusal(),
        [format!("SECMASTER_OPENAPI: {missing} is not a file; name the file that holds the OpenAPI document")]
    );
    fs::remove_dir(&missing).unwrap();
}

fn goes_back_to_the_packaged_document(consumer: &Consumer) {
    // This crate is made of it as well; the tests of its table hold that to the document.
    let all: Vec<_> = OPERATIONS.iter().map(Operation::id).collect();
    let packaged = format!("version {}, {}\n", Client::api_version(), all.join(" "));
    // Without the variable it is the packaged document again. And moving to a newer crate is one command.
    fs::remove_file(consumer.folder.join(".cargo/config.toml")).unwrap();
    let output = consumer.cargo(&["update", "--offline", "secmaster-client"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(consumer.run("version"), packaged);

    // Without codegen it is the client that is checked in, and no document of one's own.
    consumer.edit("Cargo.toml", "features = [\"codegen\", \"test-util\"]", "features = [\"test-util\"]");
    assert_eq!(consumer.run("version"), packaged);
    fs::write(
        consumer.folder.join(".cargo/config.toml"),
        "[env]\nSECMASTER_OPENAPI = { value = \"openapi.yaml\", relative = true }\n",
    )
    .unwrap();
    assert_eq!(
        consumer.refusal(),
        [
            "SECMASTER_OPENAPI is set, but the client can only be generated with the feature codegen of secmaster-client, \
          which is off; turn it on, or unset the variable to use the packaged client"
        ]
    );
}
