//! The JSON Schemas of generated types.

use serde_json::{Value, json};

use crate::code::{code, with};

/// The generated JSON Schema of the property `name` of `Thing`, for this schema in the document.
fn json_schema(schema: &str) -> Value {
    let text = with("Thing", &format!("        name: {schema}\n"));
    let code = code(&(text + "    Other: {type: object, properties: {a: {type: string}}}\n"));
    let row = code.lines().find_map(|line| line.trim().strip_prefix("Thing: ")?.rsplit_once(", [")).unwrap().0;
    let thing: Value = serde_json::from_str(&serde_json::from_str::<String>(row).unwrap()).unwrap();
    assert_eq!((&thing["type"], &thing["required"]), (&json!("object"), &json!(["name"])));
    thing["properties"]["name"].clone()
}

#[test]
fn json_schemas_have_the_keywords_of_the_document() {
    let other = "{$ref: '#/components/schemas/Other'}";
    for (schema, expected) in [
        (
            "{type: string, title: T, description: D}".to_owned(),
            json!({"type": "string", "title": "T", "description": "D"}),
        ),
        (
            "{type: string, minLength: 1, maxLength: 9}".to_owned(),
            json!({"type": "string", "minLength": 1, "maxLength": 9}),
        ),
        (
            "{type: string, pattern: '^a', format: date}".to_owned(),
            json!({"type": "string", "pattern": "^a", "format": "date"}),
        ),
        (
            "{type: string, enum: [a, b], default: a}".to_owned(),
            json!({"type": "string", "enum": ["a", "b"], "default": "a"}),
        ),
        ("{type: string, example: a}".to_owned(), json!({"type": "string", "examples": ["a"]})),
        ("{type: string, deprecated: true}".to_owned(), json!({"type": "string", "deprecated": true})),
        ("{type: string, readOnly: true}".to_owned(), json!({"type": "string", "readOnly": true})),
        ("{type: string, writeOnly: true}".to_owned(), json!({"type": "string", "writeOnly": true})),
        ("{type: string, nullable: true}".to_owned(), json!({"type": ["string", "null"]})),
        (
            "{type: string, enum: [a], nullable: true}".to_owned(),
            json!({"type": ["string", "null"], "enum": ["a", null]}),
        ),
        (
            "{type: integer, format: int32, minimum: 1, maximum: 9, multipleOf: 2}".to_owned(),
            json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 9, "multipleOf": 2}),
        ),
        (
            "{type: number, minimum: 1.5, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: true}".to_owned(),
            json!({"type": "number", "exclusiveMinimum": 1.5, "exclusiveMaximum": 9}),
        ),
        (
            "{type: number, minimum: 1, exclusiveMinimum: false, maximum: 9, exclusiveMaximum: false}".to_owned(),
            json!({"type": "number", "minimum": 1, "maximum": 9}),
        ),
        ("{type: boolean, default: false}".to_owned(), json!({"type": "boolean", "default": false})),
        (
            "{type: array, items: {type: string, minLength: 1}, minItems: 1, maxItems: 9, uniqueItems: true}"
                .to_owned(),
            json!({"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "maxItems": 9, "uniqueItems": true}),
        ),
        (format!("{{type: array, items: {other}}}"), json!({"type": "array", "items": {"$ref": "Other"}})),
        (
            "{type: object, properties: {a: {type: string, minLength: 1}}, required: [a], additionalProperties: false}"
                .to_owned(),
            json!({"type": "object", "properties": {"a": {"type": "string", "minLength": 1}}, "required": ["a"], "additionalProperties": false}),
        ),
        (
            "{type: object, additionalProperties: {type: string, maxLength: 9}, minProperties: 1, maxProperties: 9}"
                .to_owned(),
            json!({"type": "object", "additionalProperties": {"type": "string", "maxLength": 9}, "minProperties": 1, "maxProperties": 9}),
        ),
        (other.to_owned(), json!({"$ref": "Other"})),
        (
            format!("{{allOf: [{other}], nullable: true}}"),
            json!({"anyOf": [{"allOf": [{"$ref": "Other"}]}, {"type": "null"}]}),
        ),
        (
            format!("{{oneOf: [{other}, {{type: string, minLength: 1}}]}}"),
            json!({"oneOf": [{"$ref": "Other"}, {"type": "string", "minLength": 1}]}),
        ),
        (
            format!("{{anyOf: [{other}, {{type: integer}}]}}"),
            json!({"anyOf": [{"$ref": "Other"}, {"type": "integer"}]}),
        ),
        (
            "{type: string, not: {type: string, enum: [a]}}".to_owned(),
            json!({"type": "string", "not": {"type": "string", "enum": ["a"]}}),
        ),
        // These have no equivalent in JSON Schema.
        ("{type: string, xml: {name: n}, externalDocs: {url: u}, x-own: 1}".to_owned(), json!({"type": "string"})),
    ] {
        assert_eq!(json_schema(&schema), expected, "{schema}");
    }
}
