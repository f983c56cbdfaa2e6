//! Parameters in the generated code.

use secmaster_client_codegen::Builder;

use crate::cases::BASE;
use crate::code::code;

#[test]
fn the_project_id_of_a_path_is_optional() {
    let text =
        BASE.replace("{id}", "{project_id}").replace("name: id", "name: project_id\n          description: Whose.");
    let code = code(&text);
    assert!(!code.contains("request to `/v1/<project_id>"));
    assert!(code.contains("/v1/<project_id>/things"));
    assert!(code.contains("project_id: Result<Option<::std::string::String>, String>"));
    assert!(
        code.contains("request to `/v1/{project_id}/things`") && code.contains("path: \"/v1/{project_id}/things\"")
    );
    for (from, to) in
        [("/{project_id}/", "/x{project_id}/"), ("            type: string\n", "            type: integer\n")]
    {
        assert!(!self::code(&text.replacen(from, to, 1)).contains("<project_id>"), "{to}");
    }
}

#[test]
fn equal_parameters_share_a_type() {
    let parameter = "        - {name: sort, in: query, schema: {type: string, enum: [asc, desc]}}\n";
    let path = |n: usize| {
        format!(
            "  /p{n}:\n    get:\n      operationId: Get{n}\n      parameters:\n{parameter}      responses: {{'200': {{description: d}}}}\n"
        )
    };
    let code = code(&BASE.replacen("paths:\n", &format!("paths:\n{}{}", path(1), path(2)), 1));
    assert_eq!(code.matches("pub enum Sort ").count(), 1);
    assert!(!code.contains("Get2Sort"));
}

#[test]
fn renamed_parameters_are_sent_under_their_documented_names() {
    let parameters = "      parameters:\n        - {name: ID, in: query, schema: {type: string}}\n        \
                      - {name: Id, in: query, schema: {type: integer}}\n        - {name: Send, in: header, schema: {type: string}}\n";
    let code = code(&BASE.replace("      parameters:\n", parameters));
    for sent in [
        r#"QueryParam::new("ID", &id)"#,
        r#"QueryParam::new("Id", &id_in_query)"#,
        r#"header_map.append("Send", value.to_string().try_into()?)"#,
        "pub fn send_in_header<V>",
        "pub fn id_in_path<V>",
    ] {
        assert!(code.contains(sent), "{sent}: {code}");
    }
    assert!(!code.contains("<in_"));
}

#[test]
fn parameters_of_one_method_name_are_numbered() {
    let names = ["a", "a_", "a__", "a___", "b<in_query>", "b<in_query2>"];
    let rows =
        names.map(|name| format!("        - {{name: '{name}', in: query, schema: {{type: string}}}}\n")).concat();
    let code = code(&BASE.replace("      parameters:\n", &format!("      parameters:\n{rows}")));
    for sent in [
        r#"QueryParam::new("a", &a)"#,
        r#"QueryParam::new("a_", &a_in_query)"#,
        r#"QueryParam::new("a__", &a_in_query2)"#,
        r#"QueryParam::new("a___", &a_in_query3)"#,
        r#""b<in_query>","#,
        r#""b<in_query2>","#,
    ] {
        assert!(code.contains(sent), "{sent}");
    }
}

#[test]
fn an_enum_of_a_parameter_is_an_enum() {
    let parameters = "      parameters:\n        - {name: order, in: query, schema: {type: string, enum: [asc, desc], default: desc}}\n        \
                      - {name: sort, in: query, schema: {type: array, items: {type: string, enum: [name, size]}}}\n        \
                      - {name: size, in: query, schema: {type: integer, enum: [1, 2]}}\n";
    let text = BASE.replace("      parameters:\n", parameters);
    let generated = Builder::new().verbose(true).generate_from_str("x.yaml", &text);
    let lines: Vec<_> = generated.diagnostics.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        ["x.yaml:12: MakeThing: an enum of type: integer is not checked; document the values in the description"]
    );
    let code = generated.code.unwrap();
    assert!(code.contains("order: Result<Option<types::Order>, String>"));
    assert!(code.contains("sort: Result<Option<::std::vec::Vec<types::Sort>>, String>"));
    assert!(code.contains("size: Result<Option<i64>, String>"));
}
