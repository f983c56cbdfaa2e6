//! Credentials from the environment. Each case runs in another process, whose environment has nothing else.

use std::path::{Path, PathBuf};

use secmaster_client::testing::Server;
use secmaster_client::{Client, RetryPolicy, auth};

use crate::support::{child, create, run, server_with_any_ids};

/// Builds a client from the environment, makes a call, and prints the outcome and the log.
#[allow(clippy::print_stdout, reason = "the parent process reads the output")]
#[tokio::test]
async fn child_calls_with_credentials_from_the_environment() {
    let Ok(endpoint) = std::env::var("SECMASTER_TEST_ENDPOINT") else {
        // Run directly, this test starts the child process.
        let server = server_with_any_ids().await;
        let output = Case::new(&server, "alone").output(&[("SECMASTER_TOKEN", &server.token())]).await;
        assert!(output.contains("\ncreated\n"), "{output}");
        return;
    };
    tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_ansi(false).init();
    let credentials = match auth::from_env() {
        Ok(credentials) => credentials,
        Err(error) => return println!("not built: {error}"),
    };
    let mut builder = Client::builder().endpoint(endpoint).retry(RetryPolicy::none());
    let region = std::env::var("SECMASTER_TEST_REGION").unwrap_or_else(|_| "cn-north-4".to_owned());
    if !region.is_empty() {
        builder = builder.region(region);
    }
    let client = match builder.credentials(credentials).build() {
        Ok(client) => client,
        Err(error) => return println!("not built: {error}"),
    };
    match create(&client).await {
        Ok(_) => println!("created"),
        Err(error) => println!("not created: {error}"),
    }
    if std::env::var_os("SECMASTER_TEST_PROJECT").is_some() {
        println!("project {:?}", client.project_id().await.map_err(|error| error.to_string()));
    }
}

struct Case<'a> {
    server: &'a Server,
    home: PathBuf,
}

impl<'a> Case<'a> {
    fn new(server: &'a Server, name: &str) -> Self {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(home.join(".huaweicloud")).unwrap();
        Self { server, home }
    }

    fn with_profile(self, profile: &str) -> Self {
        std::fs::write(self.home.join(".huaweicloud/credentials"), profile).unwrap();
        self
    }

    async fn output(&self, variables: &[(&str, &str)]) -> String {
        let mut command = child("auth::env::child_calls_with_credentials_from_the_environment");
        command.env_clear().env("HOME", &self.home).env("SECMASTER_TEST_ENDPOINT", self.server.endpoint());
        command.envs(variables.iter().copied());
        let output = run(command).await;
        let output = String::from_utf8(output.stdout).unwrap();
        for secret in [self.server.password(), self.server.secret_key(), self.server.token()] {
            assert!(!output.contains(&secret), "{output}");
        }
        output
    }
}

#[tokio::test]
async fn the_first_available_source_is_used_and_reported() {
    let server = server_with_any_ids().await;
    let (token, ak, sk) = (server.token(), server.access_key(), server.secret_key());
    let (password, endpoint, project) = (server.password(), server.endpoint(), server.project_id());
    let profile = format!("[other]\nak = x\n\n[basic]\n# keys\nak = {ak}\nsk={sk}\niam_endpoint = {endpoint}\n");
    let case = Case::new(&server, "first").with_profile(&profile);
    let common =
        [("HUAWEICLOUD_SDK_IAM_ENDPOINT", endpoint.as_str()), ("HUAWEICLOUD_SDK_PROJECT_ID", project.as_str())];
    let with = |more: &[(&'static str, &str)]| {
        let all: Vec<(String, String)> =
            common.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        all
    };
    let trio = [
        ("SECMASTER_IAM_DOMAIN", server.domain()),
        ("SECMASTER_IAM_USER", server.user()),
        ("SECMASTER_IAM_PASSWORD", password.as_str()),
    ];
    let keys = [("HUAWEICLOUD_SDK_AK", ak.as_str()), ("HUAWEICLOUD_SDK_SK", sk.as_str())];
    let mut all = vec![("SECMASTER_TOKEN", token.as_str())];
    all.extend(keys);
    all.extend(trio);

    let file = case.home.join(".huaweicloud/credentials").display().to_string();
    for (variables, source) in [
        (with(&all), "SECMASTER_TOKEN".to_owned()),
        (with(&all[1..]), "HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK".to_owned()),
        (with(&trio), "SECMASTER_IAM_DOMAIN, SECMASTER_IAM_USER and SECMASTER_IAM_PASSWORD".to_owned()),
        (with(&[]), file.clone()),
        (with(&[("SECMASTER_TOKEN", ""), ("HUAWEICLOUD_SDK_AK", "")]), file),
    ] {
        let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let output = case.output(&variables).await;
        assert!(output.contains(&format!("credentials were found in the environment source=\"{source}\"")), "{output}");
        assert!(output.contains("\ncreated\n"), "{output}");
    }
    // Each call had a project, or used the project of the token.
    assert_eq!(server.requests_to("/v3/projects").len(), 0);

    let output = case.output(&[("SECMASTER_TEST_PROJECT", "1")]).await;
    assert!(output.contains(&format!("\nproject Ok({:?})\n", server.project_id())), "{output}");
    assert_eq!(server.requests_to("/v3/projects").len(), 1, "looked up at the endpoint of the file");
}

#[tokio::test]
async fn the_iam_endpoint_comes_from_the_environment() {
    let server = Server::start().await;
    let (token, endpoint) = (server.token(), server.endpoint());
    let variables = [
        ("SECMASTER_TOKEN", token.as_str()),
        ("HUAWEICLOUD_SDK_IAM_ENDPOINT", endpoint.as_str()),
        ("SECMASTER_TEST_PROJECT", "1"),
    ];
    let output = Case::new(&server, "project").output(&variables).await;
    assert!(output.contains(&format!("\nproject Ok({:?})\n", server.project_id())), "{output}");
    let lookup = &server.requests_to("/v3/projects")[0];
    assert_eq!(lookup.header("x-auth-token"), Some(token.as_str()));
}

#[tokio::test]
async fn the_project_of_the_environment_applies_to_all_credentials() {
    let server = server_with_any_ids().await;
    let (token, ak, sk) = (server.token(), server.access_key(), server.secret_key());
    let (password, endpoint, project) = (server.password(), server.endpoint(), server.project_id());
    let profile = format!("[basic]\nak = {ak}\nsk = {sk}\nproject_id = other\n");
    let cases = [
        (vec![("SECMASTER_TOKEN", token.as_str())], ""),
        (vec![("HUAWEICLOUD_SDK_AK", ak.as_str()), ("HUAWEICLOUD_SDK_SK", sk.as_str())], ""),
        (
            vec![
                ("SECMASTER_IAM_DOMAIN", server.domain()),
                ("SECMASTER_IAM_USER", server.user()),
                ("SECMASTER_IAM_PASSWORD", password.as_str()),
            ],
            "",
        ),
        (vec![], profile.as_str()),
        (vec![("SECMASTER_METADATA_ENDPOINT", endpoint.as_str())], ""),
    ];
    for (index, (mut variables, profile)) in cases.into_iter().enumerate() {
        let mut case = Case::new(&server, &format!("reaches-{index}"));
        if !profile.is_empty() {
            case = case.with_profile(profile);
        }
        variables.extend([
            ("SECMASTER_PROJECT_ID", project.as_str()),
            ("HUAWEICLOUD_SDK_PROJECT_ID", "overridden"),
            ("HUAWEICLOUD_SDK_IAM_ENDPOINT", endpoint.as_str()),
            ("SECMASTER_TEST_PROJECT", "1"),
        ]);
        let output = case.output(&variables).await;
        assert!(output.contains("\ncreated\n"), "{variables:?}: {output}");
        assert!(output.contains(&format!("\nproject Ok({project:?})\n")), "{variables:?}: {output}");
    }
    assert_eq!(server.requests_to("/v3/projects").len(), 0);
}

#[tokio::test]
async fn an_error_of_the_environment_names_its_variable() {
    let server = Server::start().await;
    let case = Case::new(&server, "variables");
    let password = [("SECMASTER_IAM_DOMAIN", "d"), ("SECMASTER_IAM_USER", "u"), ("SECMASTER_IAM_PASSWORD", "hunter2")];
    let iam = ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "https://iam.example");
    let unencrypted = ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "http://iam.example");
    let keys = [("HUAWEICLOUD_SDK_AK", "x"), ("HUAWEICLOUD_SDK_SK", "hunter2")];
    for (variables, message) in [
        (password.to_vec(), "IAM's endpoint is not known; set HUAWEICLOUD_SDK_IAM_ENDPOINT"),
        ([&password[..], &[iam]].concat(), "the project of the token is not known; set SECMASTER_PROJECT_ID"),
        (keys.to_vec(), "the project is not known; set SECMASTER_PROJECT_ID"),
        (
            vec![("SECMASTER_PROJECT_ID", "a b")],
            "SECMASTER_PROJECT_ID contains a space, a quote or another invalid character",
        ),
        (
            [&password[..], &[unencrypted]].concat(),
            "HUAWEICLOUD_SDK_IAM_ENDPOINT \"http://iam.example\" would send credentials unencrypted; write https://\n",
        ),
    ] {
        let output = case.output(&[&[("SECMASTER_TEST_REGION", "")], &variables[..]].concat()).await;
        assert!(output.contains(&format!("not built: {message}")), "{output}");
        assert!(!output.contains("hunter2"), "{output}");
    }
    let output =
        case.output(&[("SECMASTER_TEST_REGION", ""), ("SECMASTER_TOKEN", "x"), ("SECMASTER_TEST_PROJECT", "1")]).await;
    let message = "project Err(\"request not sent: the project is not known; set SECMASTER_PROJECT_ID\")";
    assert!(output.contains(message), "{output}");
}

#[tokio::test]
async fn a_custom_credentials_file_is_read() {
    let server = server_with_any_ids().await;
    let case = Case::new(&server, "elsewhere");
    let elsewhere = case.home.join("keys.ini");
    let profile = format!(
        "[basic]\nak={}\nsk={}\nproject_id={}\n",
        server.access_key(),
        server.secret_key(),
        server.project_id()
    );
    std::fs::write(&elsewhere, profile).unwrap();
    let output = case.output(&[("HUAWEICLOUD_SDK_CREDENTIALS_FILE", &elsewhere.display().to_string())]).await;
    assert!(output.contains("\ncreated\n"), "{output}");
}

#[tokio::test]
async fn byte_order_marks_colons_and_duplicates_are_accepted() {
    let server = server_with_any_ids().await;
    let profile = format!(
        "\u{feff}[basic]\nAK: {}\nsk: hunter2\nsk = {}\nproject_id: {}\n",
        server.access_key(),
        server.secret_key(),
        server.project_id()
    );
    let output = Case::new(&server, "forms").with_profile(&profile).output(&[]).await;
    assert!(output.contains("\ncreated\n"), "{output}");
}

#[tokio::test]
async fn the_metadata_service_is_the_last_source() {
    let server = server_with_any_ids().await;
    let case = Case::new(&server, "metadata");
    let endpoint = server.endpoint();
    let variables =
        [("SECMASTER_METADATA_ENDPOINT", endpoint.as_str()), ("HUAWEICLOUD_SDK_IAM_ENDPOINT", endpoint.as_str())];
    let output = case.output(&variables).await;
    assert!(output.contains("\ncreated\n"), "{output}");
    assert_eq!(server.keys_issued(), 1);

    server.remove_agency();
    let output = case.output(&variables).await;
    let file = case.home.join(".huaweicloud/credentials").display().to_string();
    assert!(
        output.contains(&format!(
            "not created: CreatePlaybookAction: request not sent: no credentials were found: SECMASTER_TOKEN is not set; \
             HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK are not set; \
             SECMASTER_IAM_DOMAIN, SECMASTER_IAM_USER and SECMASTER_IAM_PASSWORD are not set; \
             the file {file} does not exist; \
             getting keys from the metadata service was refused: returned 404 Not Found"
        )),
        "{output}"
    );
}

#[tokio::test]
async fn an_incomplete_source_is_reported() {
    let server = Server::start().await;
    let case = Case::new(&server, "broken");
    let missing = case.home.join("missing").display().to_string();
    let folder = case.home.display().to_string();
    for (variables, message) in [
        (
            vec![("SECMASTER_TOKEN", "a b")],
            "SECMASTER_TOKEN: the token has a space or another character that is not visible ASCII",
        ),
        (
            vec![("HUAWEICLOUD_SDK_PROJECT_ID", "\"p\"")],
            "HUAWEICLOUD_SDK_PROJECT_ID contains a space, a quote or another invalid character; use only the \
             value as it was issued",
        ),
        (
            vec![("HUAWEICLOUD_SDK_AK", "x")],
            "HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not; set both or none",
        ),
        (
            vec![("HUAWEICLOUD_SDK_SK", "x")],
            "HUAWEICLOUD_SDK_SK is set but HUAWEICLOUD_SDK_AK is not; set both or none",
        ),
        (
            vec![("SECMASTER_IAM_USER", "x")],
            "SECMASTER_IAM_USER is set but SECMASTER_IAM_DOMAIN and SECMASTER_IAM_PASSWORD are not; set all three or none",
        ),
        (
            vec![("SECMASTER_IAM_USER", "x"), ("SECMASTER_IAM_DOMAIN", "x")],
            "SECMASTER_IAM_DOMAIN and SECMASTER_IAM_USER are set but SECMASTER_IAM_PASSWORD is not; set all three or none",
        ),
        (
            vec![("HUAWEICLOUD_SDK_AK", "x"), ("HUAWEICLOUD_SDK_SK", "hunter2 ")],
            "not built: HUAWEICLOUD_SDK_SK contains a space, a quote or another invalid character; use only \
             the value as it was issued\n",
        ),
        (
            vec![("HUAWEICLOUD_SDK_AK", "\"x\""), ("HUAWEICLOUD_SDK_SK", "hunter2")],
            "not built: HUAWEICLOUD_SDK_AK contains a space, a quote",
        ),
        (
            vec![
                ("HUAWEICLOUD_SDK_AK", "x"),
                ("HUAWEICLOUD_SDK_SK", "y"),
                ("HUAWEICLOUD_SDK_SECURITY_TOKEN", "hunter2\n"),
            ],
            "not built: HUAWEICLOUD_SDK_SECURITY_TOKEN contains a space, a quote",
        ),
        (
            vec![("HUAWEICLOUD_SDK_IAM_ENDPOINT", "iam.example")],
            "not built: HUAWEICLOUD_SDK_IAM_ENDPOINT is not a URL; write it as https://host[:port][/base]\n",
        ),
        (
            vec![("SECMASTER_METADATA_ENDPOINT", "foo")],
            "not built: SECMASTER_METADATA_ENDPOINT is not a URL; write it as https://host[:port][/base]\n",
        ),
        (vec![("HUAWEICLOUD_SDK_CREDENTIALS_FILE", &missing)], "which does not exist"),
        (
            vec![("HUAWEICLOUD_SDK_CREDENTIALS_FILE", &folder)],
            &format!("not built: the credentials file {folder} cannot be read: Is a directory"),
        ),
    ] {
        let output = case.output(&variables).await;
        assert!(output.contains("not built: ") && output.contains(message), "{output}");
        assert!(!output.contains("hunter2"), "{output}");
    }
    for (profile, message) in [
        ("[basic]\nak = x\n", "has no sk in its section [basic]; add a line sk = ..."),
        ("ak = x\nsk = y\n", "has no ak in its section [basic]; add a line ak = ..."),
        ("[basic]\nak = x\nhunter2\n", "is malformed: line 3 is neither [section] nor name = value"),
        ("", "has no ak in its section [basic]; add a line ak = ..."),
        (
            "[basic]\nak = x\nsk = hunter2 # of the job\n",
            "has an invalid value of sk: it contains a space, a quote or another invalid character; use only the value as it was \
             issued; put comments on separate lines",
        ),
        ("[basic]\nak = \"x\"\nsk = hunter2\n", "has an invalid value of ak: it contains a space, a quote"),
        (
            "[basic]\nak = x\nsk = y\nproject_id = 'p'\n",
            "has an invalid value of project_id: it contains a space, a quote",
        ),
        (
            "[basic]\nak = x\nsk = y\niam_endpoint = iam.example\n",
            "cannot be used: iam_endpoint is not a URL; write it as https://host[:port][/base]",
        ),
    ] {
        let case = Case::new(&server, "broken-profile").with_profile(profile);
        let output = case.output(&[]).await;
        assert!(output.contains("not built: the credentials file ") && output.contains(message), "{output}");
        assert!(!output.contains("hunter2"), "{output}");
    }
    assert_eq!(server.requests().len(), 0);
}
