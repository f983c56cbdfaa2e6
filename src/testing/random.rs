//! Random IDs and secrets.

use jiff::Timestamp;

/// The ID of a resource, in the form of a UUID.
pub(super) fn uuid() -> String {
    let hex = hex();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// An ID of the gateway or of IAM: 32 hexadecimal digits.
pub(super) fn hex() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// A request ID in the documented form: UUID, timestamp in milliseconds and hostname.
pub(super) fn request_id() -> String {
    format!("{}-{}-fake-server", uuid(), Timestamp::now().as_millisecond())
}

/// A secret of `length` lowercase letters and digits.
pub(super) fn secret(length: usize) -> String {
    std::iter::repeat_with(|| fastrand::alphanumeric().to_ascii_lowercase()).take(length).collect()
}
