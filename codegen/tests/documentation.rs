//! The documentation in the generated code.

use crate::cases::BASE;
use crate::code::{code, with};

/// The words in the documentation of a field.
fn documentation(code: &str, name: &str) -> String {
    let types = &code[code.find("pub mod types").unwrap()..];
    let before = &types[..types.find(&format!("pub {name}: ")).unwrap_or_else(|| panic!("no field {name}"))];
    let start = before.rfind(" pub ").unwrap();
    let lines = before[start..].lines().skip(1).map(str::trim).filter(|line| !line.starts_with("#["));
    lines.collect::<Vec<_>>().join(" ").replace(['/', '*'], "").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn deprecation_is_documented() {
    let text = with("Thing", "        name:\n          type: string\n          deprecated: true\n");
    let code = code(&text.replace("      operationId:", "      deprecated: true\n      operationId:"));
    assert!(code.matches("Deprecated.").count() >= 2, "{code}");
}

#[test]
fn values_and_limits_of_parameters_are_documented() {
    let parameters = "      parameters:\n        \
                      - {name: size, in: query, description: The size., schema: {type: integer, enum: [1, 2]}}\n        \
                      - {name: sizes, in: query, schema: {type: array, items: {type: integer, enum: [3, 4]}}}\n        \
                      - {name: ratio, in: query, schema: {$ref: '#/components/schemas/Ratio'}}\n        \
                      - {name: page, in: query, schema: {$ref: '#/components/schemas/Page'}}\n";
    let components = "    Ratio: {type: number, enum: [0.5, 1.5]}\n    Page: {type: integer, minimum: 1, maximum: 9}\n";
    let code = code(&(BASE.replace("      parameters:\n", parameters) + components));
    for line in [
        "- `size`: The size. Values: `1`, `2`.",
        "- `sizes`: Values: `3`, `4`.",
        "- `ratio`: Values: `0.5`, `1.5`.",
        "- `page`: Range: 1 to 9.",
    ] {
        assert!(code.contains(line), "{line}");
    }
}

#[test]
fn a_property_that_is_a_reference_is_documented() {
    let fields = "        name: {type: string}\n        \
                  beside: {$ref: '#/components/schemas/Other', description: The one beside.}\n        \
                  composed: {allOf: [{$ref: '#/components/schemas/Other'}], description: The composed one., deprecated: true}\n        \
                  old: {$ref: '#/components/schemas/Other', deprecated: true}\n        \
                  plain: {$ref: '#/components/schemas/Other'}\n        \
                  alone: {$ref: '#/components/schemas/Alone'}\n        \
                  inline: {type: object, description: The inline one., properties: {a: {type: string}}}\n";
    let code = code(
        &(with("Thing", fields)
            + "    Other: {type: object, description: Another., properties: {a: {type: string}}}\n"
            + "    Alone: {oneOf: [{$ref: '#/components/schemas/Other'}], description: The only one.}\n"),
    );
    for (field, expected) in [
        ("beside", "The one beside."),
        ("composed", "The composed one. Deprecated."),
        ("old", "Another. Deprecated."),
        ("plain", "Another."),
        ("alone", "The only one."),
        ("inline", "The inline one."),
    ] {
        assert_eq!(documentation(&code, field), expected, "{field}");
    }
}
