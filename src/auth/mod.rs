//! Authentication: credentials and how they are applied to requests.
//!
//! | credentials | what is sent | refresh |
//! | --- | --- | --- |
//! | [`Token`] | `X-Auth-Token` | none: it expires after 24 hours |
//! | [`Password`] | `X-Auth-Token` | by a new login, before the token expires |
//! | [`AccessKey`] | a signature | none: temporary keys expire after their lifetime |
//! | [`Metadata`] | a signature | from the metadata service of the cloud server, before the keys expire |
//! | a [`TokenProvider`] | `X-Auth-Token` | by calling the provider again |
//!
//! [`from_env`] selects one of the first four from the environment.
//!
//! # When credentials are refreshed
//!
//! Nothing is fetched before the first call. Then, for tokens and keys that expire:
//!
//! - They are fetched once, even if many calls wait for them, and cached in memory by the client and its clones.
//! - The first call in the last hour of their lifetime, or in its last quarter if that is shorter, refreshes them in
//!   the background. Meanwhile, calls use the old ones, and wait only if these have expired. Lifetimes are measured by the
//!   server's clock.
//! - If the service rejects them (a 401 with the gateway's code `0301` or `0307`), they are replaced and the call is
//!   retried once. If the new ones are rejected as well, they are not replaced for another minute: most likely the
//!   region or project is wrong.
//! - After a refused login, no login is attempted for five minutes, so that a wrong password does not lock the account.
//!   If IAM or a provider is unavailable, the delay is one second and doubles up to one minute; if IAM throttles, it is
//!   at least the delay that the response requests, up to an hour. Meanwhile, calls that need credentials fail with the
//!   same error and the remaining time.
//! - Fetching credentials is limited to three quarters of the timeout of the client, which leaves time to report the
//!   error. A shorter timeout of [`with_timeout`](crate::Client::with_timeout) does not change that limit.

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
