use crate::{Client, ErrorKind};

#[tokio::test]
async fn https_needs_tls() {
    let client = Client::builder().endpoint("https://127.0.0.1:9").token("t").build().unwrap();
    let create = client.create_playbook_action().project_id("p").workspace_id("w").version_id("v");
    let error = create.body(Vec::new()).send().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::InvalidRequest, false));
    assert_eq!(
        error.to_string(),
        "CreatePlaybookAction: request not sent: this build has no TLS for https://127.0.0.1:9; \
         enable the feature rustls"
    );
}
