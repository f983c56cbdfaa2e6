//! Authentication: credentials and how they are applied to requests.
//!
//! | credentials | what is sent | refresh |
//! | --- | --- | --- |
//! | [`Token`] | `X-Auth-Token` | none: it expires after 24 hours |
//! | [`Password`] | `X-Auth-Token` | by a new login, before the token expires |
//! | [`AccessKey`] | a signature | not needed, unless the keys are temporary |
//! | [`Metadata`] | a signature | from the metadata service of the cloud server, before the keys expire |
//! | a [`TokenProvider`] | `X-Auth-Token` | by calling the provider again |
//!
//! [`from_env`] chooses among the first four by what the environment contains.

pub(crate) mod authenticate;
pub(crate) mod credentials;
pub(crate) mod error;
mod provider;
pub(crate) mod secret;
pub(crate) mod token;

pub use credentials::Credentials;
pub use credentials::access_key::AccessKey;
pub use credentials::env::from_env;
pub use credentials::metadata::Metadata;
pub use credentials::password::Password;
pub use error::AuthError;
pub use provider::TokenProvider;
pub use secret::Secret;
pub use token::Token;
