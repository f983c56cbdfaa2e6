use super::*;
use crate::document::node::{At, Node};
use crate::rules::parameters::string;
use crate::spec::model::{Operation, Parameter, Place};

const CODE: &str = "
pub mod types {
    pub struct Thing { pub name: String, pub size: i64 }
    pub struct ThingId(pub String);
    pub enum Kind { Small }
}
pub struct Client { baseurl: String }
impl Client {
    pub fn baseurl(&self) -> &String {}
    pub fn list_things(&self) -> builder::ListThings<'_> {}
}
pub mod builder {
    pub struct ListThings<'a> { client: &'a super::Client, limit: Result<i64, String> }
}
";

/// The contents of the code.
fn spec() -> Spec {
    let at = At::default();
    let limit = Parameter {
        at,
        name: "limit".to_owned(),
        place: Place::Query,
        required: false,
        is_joined: false,
        description: None,
        schema: string(at),
    };
    let operation = Operation { id: "ListThings".to_owned(), parameters: vec![limit], ..Operation::default() };
    let mut properties = Node::map(at);
    properties.put("name", string(at));
    properties.put("size", string(at));
    let mut thing = Node::map(at);
    thing.put("properties", properties);
    let schemas = [("Thing".to_owned(), thing), ("ThingId".to_owned(), string(at))].into();
    Spec { operations: vec![operation], schemas, ..Spec::default() }
}

#[test]
fn missing_and_extra_items_are_reported() {
    let compare = |code: &str| difference(&spec(), &syn::parse_file(code).unwrap());
    assert_eq!(compare(CODE), Ok(()));
    for (from, to, expected) in [
        ("fn list_things", "fn lost", "the method list_things is missing"),
        ("struct ListThings", "struct Lost", "the builder ListThings is missing"),
        (", limit: Result<i64, String>", "", "the builder ListThings has 1 instead of 2 fields"),
        (", pub size: i64", "", "the type Thing has 1 instead of 2 fields"),
        ("pub struct ThingId(pub String);", "", "the type ThingId is missing"),
        ("pub enum Kind {", "pub enum Thing {", "the type Thing is generated twice"),
        (
            "pub fn baseurl(&self) -> &String {}",
            "pub fn get_things(&self) -> builder::GetThings {}",
            "the method get_things is not in the OpenAPI document",
        ),
    ] {
        let code = CODE.replace(from, to);
        assert_ne!(code, CODE, "{from}");
        assert_eq!(compare(&code).unwrap_err(), expected);
    }
}
