//! What the session needs to know of a generated client.

use super::Session;
use crate::operation::Operation;

/// A generated client: its document's operations and default endpoint.
pub trait Api: From<Session> {
    /// The address of the service. `{region}` in it stands for the client's region.
    const ENDPOINT: Option<&'static str>;

    /// Sorted by the names of their methods.
    fn operations() -> &'static [Operation];
}
