use std::collections::BTreeSet;

use super::rename;

/// Code as the generator writes it.
const WRITTEN: &str = r#"
use progenitor_client::{encode_path, ResponseValue};
#[derive(Clone, Debug)]
/// Not reqwest::Client.
pub struct Client { pub(crate) client: reqwest::Client, reqwest: ::serde_json::Value }
impl Client {
    pub fn new(baseurl: &str, inner: Session) -> Self {
        reqwest::ClientBuilder::new()
    }
    pub fn new_with_client(client: reqwest::Client) {}
}
pub mod builder {
    impl<'a> Make<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client, id: Err("id was not initialized".to_string()), body: Err("body was not initialized".to_string()) }
        }
    }
    impl<'a> Other<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self { client, body: Err("body was not initialized".to_string()) }
        }
        pub fn new_name(self) {}
    }
    #[doc = "Sends a `GET` request to `/<project_id>/things`\n```ignore\nlet x;\n```"]
    pub async fn send(self) -> Result<ResponseValue<types::Thing>, Error<()>> {
        let url = format!("{}/<project_id>/things", client.baseurl);
        let request = client.client.get(url).query(&progenitor_client::QueryParam::new("<project_id>", &project_id));
        header_map.append("ID<in_header>", id_in_header);
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

/// The same code, renamed.
const RENAMED: &str = r#"
use crate::runtime::{encode_path, Response};
#[derive(Clone)]
/// Not reqwest::Client.
pub struct Client { pub(crate) client: crate::runtime::http::Client, reqwest: ::serde_json::Value }
impl Client {
    #[doc(hidden)]
    pub fn new(baseurl: &str, inner: Session) -> Self {
        crate::runtime::http::ClientBuilder::new()
    }
    #[doc(hidden)]
    pub fn new_with_client(client: crate::runtime::http::Client) {}
}
pub mod builder {
    impl<'a> Make<'a> {
        #[doc(hidden)]
        pub fn new(client: &'a super::Client) -> Self {
            Self { client, id: Err("id was not initialized".to_string()), body: Ok(::std::default::Default::default()) }
        }
    }
    impl<'a> Other<'a> {
        #[doc(hidden)]
        pub fn new(client: &'a super::Client) -> Self {
            Self { client, body: Err("body was not initialized".to_string()) }
        }
        pub fn new_name(self) {}
    }
    #[doc = "Sends a `GET` request to `/{project_id}/things`\n```text\nlet x;\n```"]
    pub async fn send(self) -> Result<Response<types::Thing>, Error> {
        let url = format!("{}/<project_id>/things", client.baseurl);
        let request = client.client.get(url).query(&crate::runtime::QueryParam::new("<project_id>", &project_id));
        header_map.append("ID", id_in_header);
        header_map.append(crate::runtime::http::header::HeaderName::from_static("api-version"));
        let info = OperationInfo { operation_id: "list_things" };
        match response.status().as_u16() {
            200u16 => Response::from_response(response).await,
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    pub async fn send(self) -> Result<Response<ByteStream>, Error> {
        let info = OperationInfo { operation_id: "export_things" };
        Ok(Response::stream(response))
    }
}
"#;

fn renamed(code: &str, optional: &[&str]) -> Result<String, String> {
    let optional: BTreeSet<String> = optional.iter().map(|&name| name.to_owned()).collect();
    let code = rename(code.parse().unwrap(), "crate", &optional, "")?;
    Ok(prettyplease::unparse(&syn::parse2(code).unwrap()))
}

#[test]
fn code_names_the_runtime() {
    assert_eq!(renamed(WRITTEN, &["Make"]).unwrap(), prettyplease::unparse(&syn::parse_file(RENAMED).unwrap()));
}

#[test]
fn unexpected_code_is_an_error() {
    for (from, to, expected) in [
        ("progenitor_client::", "progenitor_runtime::", "it has no progenitor_client:::"),
        ("types::Thing>, Error<()>>", "types::Thing>, Error<types::Failure>>", "it has custom error types"),
        ("Error<()>", "Failure", "it has no Error<()>"),
        ("derive(Clone, Debug)", "derive(Clone)", "it has no derive(Clone,Debug)"),
        (
            "body: Err(\"body was not initialized\"",
            "body: Err(\"no body\"",
            "its bodies are not initialized as expected",
        ),
    ] {
        let code = WRITTEN.replace(from, to);
        assert_ne!(code, WRITTEN, "{from}");
        assert_eq!(renamed(&code, &["Make"]).unwrap_err(), expected);
    }
}
