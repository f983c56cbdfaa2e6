//! How a client is let in: the credentials it is given, and what it makes of them.
//!
//! | credentials | what is sent | who renews them |
//! | --- | --- | --- |
//! | [`Token`] | `X-Auth-Token` | nobody: it ends after 24 hours |
//! | [`Password`] | `X-Auth-Token` | the client, by a new login |
//! | [`AccessKey`] | a signature | nobody needs to, unless they are temporary |
//! | [`Metadata`] | a signature | the client, from the cloud server it runs on |
//! | a [`TokenProvider`] | `X-Auth-Token` | the client, by asking the provider again |
//!
//! [`from_env`] chooses among the first four by what the environment holds.

mod access_key;
mod authorizer;
mod cache;
mod clock;
mod credentials;
mod env;
mod error;
mod iam;
mod metadata;
mod password;
mod profile;
mod project;
mod provider;
mod secret;
pub(crate) mod sign;
mod token;
mod value;

pub use access_key::AccessKey;
pub use credentials::Credentials;
pub use env::from_env;
pub use error::AuthError;
pub use metadata::Metadata;
pub use password::Password;
pub use provider::TokenProvider;
pub use secret::Secret;
pub use token::Token;

pub(crate) use authorizer::{Authorizer, Grant};
pub(crate) use credentials::Setting;
pub(crate) use project::Project;
