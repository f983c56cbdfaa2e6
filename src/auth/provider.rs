//! Custom sources of tokens.

use std::sync::Arc;

use super::error::AuthError;
use super::token::Token;

/// A custom source of tokens, such as a vault.
///
/// A client calls it when it first needs a token, before the last one expires, and after the service rejected one.
/// Concurrent requests share one call, which is limited to three quarters of the timeout of the client. Each built
/// client has a separate cache.
///
/// ```
/// use std::time::Duration;
///
/// use secmaster_client::Client;
/// use secmaster_client::auth::{AuthError, Credentials, Token, TokenProvider};
///
/// struct Vault;
///
/// impl TokenProvider for Vault {
///     async fn token(&self) -> Result<Token, AuthError> {
///         let secret = "MII...";
///         let token = Token::new(secret).map_err(|error| AuthError::from_source(false, error))?;
///         Ok(token.expires_in(Duration::from_secs(24 * 60 * 60)))
///     }
/// }
///
/// let client = Client::builder().region("cn-north-4").credentials(Credentials::provider(Vault)).build()?;
/// # Ok::<(), secmaster_client::ConfigError>(())
/// ```
pub trait TokenProvider: Send + Sync + 'static {
    /// Returns a token that is currently valid.
    ///
    /// # Errors
    ///
    /// [`AuthError::refused`] if another attempt would also fail, [`AuthError::unavailable`] if it may succeed later,
    /// or [`AuthError::from_source`] to wrap the error of the source.
    fn token(&self) -> impl Future<Output = Result<Token, AuthError>> + Send;
}

impl<T: TokenProvider> TokenProvider for Arc<T> {
    fn token(&self) -> impl Future<Output = Result<Token, AuthError>> + Send {
        T::token(self)
    }
}
