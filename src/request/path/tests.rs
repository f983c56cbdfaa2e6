use super::{complete, encode_path};

#[test]
fn values_are_inserted_in_the_order_of_the_template() {
    for (template, values, expected) in [
        ("/v1", &[][..], Ok("/v1")),
        ("/v1/{a}/x/{b}", &["p", "q"], Ok("/v1/p/x/q")),
        ("/{id}.json", &["a.b"], Ok("/a.b.json")),
        ("/{a}:{b}", &["x", "项"], Ok("/x:%E9%A1%B9")),
        ("/{a}/{b}", &["{b}", "%2e"], Ok("/%7Bb%7D/%252e")),
        ("/{a}/{b}", &["", "q"], Err("a is empty")),
        ("/{a}/{b}", &["p", ".."], Err("b is \".\" or \"..\"")),
        ("/{a}.", &["."], Err("a}. is")),
        ("/x/{a}{b}/y", &[".", "."], Err("a}{b is")),
        ("/{a}/{b}", &["p", "q\\"], Err("b has a backslash")),
    ] {
        let parts = template.split('{').skip(1).zip(values).map(|(part, value)| {
            format!("{}{}", encode_path(value), part.split_once('}').map_or("", |(_, after)| after))
        });
        let encoded = template.split('{').next().unwrap_or_default().to_owned() + &parts.collect::<String>();
        match (complete(template, &encoded), expected) {
            (Ok(path), Ok(expected)) => assert_eq!(path, expected),
            (Err(error), Err(expected)) => assert!(error.starts_with(expected), "{error}"),
            other => panic!("{template}: {other:?}"),
        }
    }
}
