use super::*;
use crate::operation::Operation;
use crate::request::path;

#[test]
fn a_path_without_the_base_is_rejected() {
    for (base, template, given) in [("/gw/one", "/{a}/{b}", "/../B"), ("/v1/x", "/{a}/y/{b}", "/../y/B")] {
        let endpoint = Endpoint::parse("the endpoint", &format!("https://h{base}"), false).unwrap();
        let operation = Operation::new("X", "x", "POST", template, None, false, tracing::Span::none);
        let check = |path: &str| path::check(&operation, endpoint.strip_base(endpoint.join(path, "").path()));
        assert!(check(given).is_err(), "{base} {template} {given}");
        assert_eq!(check(&given.replace("..", "A")), Ok(()), "{base} {template}");
    }
}
