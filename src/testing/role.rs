//! Which part of the cloud a request is for.

use super::Request;

/// A part of the cloud that the fake server plays, told from the path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Service,
    Iam,
    Metadata,
}

impl Role {
    pub(super) fn of(request: &Request, is_documented: bool) -> Self {
        let begins = |prefix| request.path().starts_with(prefix);
        if is_documented {
            Self::Service
        } else if begins("/v3/") {
            Self::Iam
        } else if begins("/meta-data/") || begins("/openstack/") {
            Self::Metadata
        } else {
            Self::Service
        }
    }
}
