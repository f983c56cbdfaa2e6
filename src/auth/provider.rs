//! Tokens from elsewhere.

use std::sync::Arc;

use super::{AuthError, Token};

/// A source of tokens of one's own, such as a vault.
///
/// A client asks when it first needs a token, before the last one ends, and when the service has refused it. It asks once at a
/// time, however many calls wait, and does not wait for longer than three quarters of the time that a call may take. Each client asks
/// for itself.
///
/// ```
/// use std::time::Duration;
///
/// use secmaster_client::auth::{AuthError, Token, TokenProvider};
/// use secmaster_client::Client;
///
/// struct Vault;
///
/// impl TokenProvider for Vault {
///     async fn token(&self) -> Result<Token, AuthError> {
///         let text = "MII...";
///         let token = Token::new(text).map_err(|error| AuthError::refused(error.to_string()))?;
///         Ok(token.expires_in(Duration::from_secs(24 * 60 * 60)))
///     }
/// }
///
/// let client = Client::builder().region("cn-north-4").credentials(Vault).build()?;
/// # Ok::<(), secmaster_client::BuildError>(())
/// ```
pub trait TokenProvider: Send + Sync + 'static {
    /// Gives a token that is valid now.
    ///
    /// # Errors
    ///
    /// [`AuthError::refused`] where asking again would be of no use, [`AuthError::unavailable`] where it may be later.
    fn token(&self) -> impl Future<Output = Result<Token, AuthError>> + Send;
}

impl<T: TokenProvider> TokenProvider for Arc<T> {
    fn token(&self) -> impl Future<Output = Result<Token, AuthError>> + Send {
        T::token(self)
    }
}
