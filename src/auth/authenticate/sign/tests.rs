#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may panic")]

mod canonical_form;
mod request;
mod vectors;
mod wire;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Keys;

const ACCESS: &str = "QTWAOYTTINDUT2QVKYUC";
const SECRET: &str = "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc";
const TOKEN: &str = "SECURITYTOKEN/abc+def==";

fn keys() -> Keys {
    Keys::new(ACCESS.to_owned(), SECRET.to_owned(), None).unwrap()
}

fn temporary_keys() -> Keys {
    Keys::new(ACCESS.to_owned(), SECRET.to_owned(), Some(TOKEN.to_owned())).unwrap()
}

/// 20191115T033655Z.
fn documented_time() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_573_789_015)
}
