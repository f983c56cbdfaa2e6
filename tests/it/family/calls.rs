//! Every operation of the document, called against the fake server.

use secmaster_client::{Client, OPERATIONS, RetryPolicy};
use serde_json::{Value, json};

use super::generate::{FORM, FORM_TYPE, bodies, document, minimal_value, resolve};
use super::operations;
use crate::fake_server::wire::RawRequest;
use crate::support::server_with_any_ids;

/// The path of an operation, with all required parameters.
fn target(document: &Value, path: &str, operation: &Value) -> String {
    let item = &document["paths"][path];
    let of = |node: &'_ Value| node["parameters"].as_array().cloned().unwrap_or_default();
    let mut target = path.to_owned();
    let mut query = Vec::new();
    for parameter in [of(operation), of(item)].concat() {
        let parameter = resolve(document, &parameter);
        let name = parameter["name"].as_str().unwrap();
        let value = minimal_value(document, &parameter["schema"]);
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match parameter["in"].as_str() {
            Some("path") => target = target.replace(&format!("{{{name}}}"), &format!("the-{name}")),
            Some("query") if parameter["required"] == true => query.push(format!("{name}={value}")),
            _ => {}
        }
    }
    query.sort();
    format!("{target}?{}", query.join("&"))
}

#[tokio::test]
async fn every_operation_responds_as_documented() {
    let document = document();
    let server = server_with_any_ids().await;
    let mut sent = 0;
    for operation in OPERATIONS {
        let documented = &document["paths"][operation.path()][operation.method().to_lowercase()];
        let target = target(&document, operation.path(), documented);
        let request = || RawRequest::new(operation.method(), &target).header("X-Auth-Token", &server.token());
        let content = resolve(&document, &documented["requestBody"])["content"].as_object();
        let requests = match content.and_then(|content| content.iter().next()) {
            None => vec![request()],
            Some((name, _)) if name.starts_with("multipart/") => {
                vec![request().header("content-type", FORM_TYPE).body(FORM)]
            }
            Some((name, media_type)) => bodies(&document, media_type)
                .into_iter()
                .map(|body| request().header("content-type", name).body(body.to_string()))
                .collect(),
        };
        for request in requests {
            let reply = request.send(&server).await;
            let id = operation.id();
            assert!((200..300).contains(&reply.status), "{id}: {} {:?}", reply.status, String::from_utf8(reply.body));
            sent += 1;
            let response = resolve(&document, &documented["responses"][reply.status.to_string()]);
            let Some((name, media_type)) = response["content"].as_object().and_then(|content| content.iter().next())
            else {
                assert!(reply.body.is_empty(), "{id}");
                continue;
            };
            assert_eq!(reply.header("content-type"), Some(name.as_str()), "{id}");
            if name.contains("json") {
                let mut schema = json!({ "allOf": [media_type["schema"]] });
                schema["components"] = document["components"].clone();
                let validator = jsonschema::validator_for(&schema).unwrap();
                let error = validator.validate(&reply.json()).err().map(|error| error.to_string());
                assert_eq!(error, None, "{id}: {}", reply.json());
            }
        }
    }
    assert_eq!((server.requests().len(), OPERATIONS.len()), (sent, 57));
}

/// Each operation is called by its generated method, with each documented example of its body.
#[tokio::test]
#[allow(clippy::large_futures, reason = "one future has all operations")]
async fn every_operation_is_sent_and_decoded_as_typed() {
    let document = document();
    let server = server_with_any_ids().await;
    let builder = Client::builder().endpoint(server.endpoint()).token(server.token());
    let client = builder.retry(RetryPolicy::none()).build().unwrap();
    for operation in OPERATIONS {
        let id = operation.id();
        let documented = &document["paths"][operation.path()][operation.method().to_lowercase()];
        let content = resolve(&document, &documented["requestBody"])["content"].as_object();
        let content = content.and_then(|content| content.iter().next());
        let (name, examples) = match content {
            None => (None, vec![Value::Null]),
            Some((name, _)) if name.starts_with("multipart/") => (Some(FORM_TYPE), vec![FORM.into()]),
            Some((name, media_type)) => (Some(name.as_str()), bodies(&document, media_type)),
        };
        for body in examples {
            let response = operations::call(&client, id, body.clone()).await;
            response.unwrap_or_else(|error| panic!("{id} with {body}: {error}"));
            let request = server.requests().pop().unwrap();
            let sent = format!("{}?{}", request.path(), request.query().unwrap_or_default());
            assert_eq!((request.method(), sent), (operation.method(), target(&document, operation.path(), documented)));
            assert_eq!(request.header("content-type"), name, "{id}");
            match name {
                Some(FORM_TYPE) => assert_eq!(request.body(), FORM.as_bytes()),
                Some(_) => assert_eq!(request.json().unwrap(), body, "{id}"),
                None => assert!(request.body().is_empty(), "{id}"),
            }
        }
    }
}

#[tokio::test]
async fn invalid_requests_are_rejected() {
    let server = server_with_any_ids().await;
    let base = "/v1/p/workspaces/w/soc/playbooks";
    for (target, why) in [
        (base.to_owned(), "the query parameter offset is missing"),
        (
            format!("{base}?offset=0&limit=x"),
            "the query parameter limit does not match the schema: value is not of type \"integer\"",
        ),
        (
            format!("{base}?offset=-1&limit=1"),
            "the query parameter offset does not match the schema: value is less than the minimum of 0",
        ),
        (
            format!("{base}?offset=0&limit=1&enabled=yes"),
            "the query parameter enabled does not match the schema: value is not of type \"boolean\"",
        ),
    ] {
        let reply = RawRequest::new("GET", &target).header("X-Auth-Token", &server.token()).send(&server).await;
        assert_eq!((reply.status, reply.json()["message"].as_str()), (400, Some(why)), "{target}");
        assert_eq!(reply.json()["code"], "SecMaster.20030001");
    }
}

#[tokio::test]
async fn fields_of_a_form_are_checked() {
    let server = server_with_any_ids().await;
    let target = "/v1/p/workspaces/w/soc/playbooks/import";
    let part = |name: &str| format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\nfile\r\n");
    for (body, why) in [
        (part("other") + "--b--\r\n", "the body does not match the schema: \"uploadFile\" is a required property"),
        (part("uploadFile"), "the body has no closing boundary"),
        ("--b\r\n--b--\r\n".to_owned(), "a part of the body has no blank line"),
        ("--b\r\n\r\nfile\r\n--b--\r\n".to_owned(), "a part of the body has no name"),
    ] {
        let request =
            RawRequest::new("POST", target).header("X-Auth-Token", &server.token()).header("content-type", FORM_TYPE);
        let reply = request.body(body).send(&server).await;
        assert_eq!((reply.status, reply.json()["message"].as_str()), (400, Some(why)));
    }
    let request = RawRequest::new("POST", target).header("X-Auth-Token", &server.token());
    let reply = request.header("content-type", "multipart/form-data").body("--b--").send(&server).await;
    assert_eq!(reply.json()["message"], "the content type has no boundary");
}
