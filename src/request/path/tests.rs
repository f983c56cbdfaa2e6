use super::{fits, names};

#[test]
fn a_parameter_matches_within_its_segment() {
    for (template, given, expected) in [
        ("v1", "v1", true),
        ("v1", "v2", false),
        ("{id}", "x", true),
        ("{id}", "", false),
        ("{id}.json", "a.json", true),
        ("{id}.json", "a.b.json", true),
        ("{id}.json", ".json", false),
        ("{a}:{b}", "x:y", true),
        ("{a}:{b}", "x:", false),
        ("{a}:{b}", ":y", false),
        ("v{n}", "v", false),
        ("v{n}", "项目", false),
        ("{a}:{b}", "项:目", true),
        ("/v1/{a}/x/{b}", "/v1/p/x/q", true),
        ("/v1/{a}/x/{b}", "/v1/p/q/x/r", false),
        ("/v1/{a}/x/{b}", "/v1//x/q", false),
        ("/v1/{a}/x/{b}", "/v1/p/x/", false),
        ("/v1/{a}/x/{b}", "/v1/p/x/q/", false),
        ("/v1/{a}/x", "/v1/p/x/x", false),
        ("/{a}-{b}/x", "/p-q/x", true),
        ("/{a}-{b}/x", "/p-/x", false),
        ("/{a}-{b}/x", "/p/-q/x", false),
    ] {
        assert_eq!(fits(template.as_bytes(), given.as_bytes(), &mut Vec::new()), expected, "{template} and {given}");
    }
}

#[test]
fn names_are_listed_in_order() {
    assert_eq!(names("/v1/{a}/x/{b}"), "a, b");
}
