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
fn what_is_lost_or_added_is_named() {
    let compare = |code: &str| difference(&spec(), &syn::parse_file(code).unwrap());
    assert_eq!(compare(CODE), Ok(()));
    for (from, to, expected) in [
        ("fn list_things", "fn lost", "there is no method list_things"),
        ("struct ListThings", "struct Lost", "there is no builder ListThings"),
        (", limit: Result<i64, String>", "", "the builder ListThings has 1 fields in place of 2"),
        (", pub size: i64", "", "the type Thing has 1 fields in place of 2"),
        ("pub struct ThingId(pub String);", "", "there is no type ThingId"),
        ("pub enum Kind {", "pub enum Thing {", "two things become the type Thing"),
        (
            "pub fn baseurl(&self) -> &String {}",
            "pub fn get_things(&self) -> builder::GetThings {}",
            "the method get_things is not in the document",
        ),
    ] {
        let code = CODE.replace(from, to);
        assert_ne!(code, CODE, "{from}");
        assert_eq!(compare(&code).unwrap_err(), expected);
    }
}
