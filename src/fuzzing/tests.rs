use super::seeds::each_seed;
use crate::types::CreatePlaybookActionResponse;

#[test]
fn seeds_of_request_id() {
    each_seed("src/fuzzing/seeds/request_id", super::request_id);
}

#[test]
fn seeds_of_error_body() {
    each_seed("src/fuzzing/seeds/error_body", super::error_body);
}

#[test]
fn seeds_of_signer() {
    each_seed("src/fuzzing/seeds/signer", super::signer);
}

#[test]
fn seeds_of_response() {
    each_seed("src/fuzzing/seeds/response", super::response::<CreatePlaybookActionResponse>);
}
