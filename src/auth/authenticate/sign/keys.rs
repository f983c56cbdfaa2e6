//! Signing keys.

use std::fmt;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderValue;
use sha2::Sha256;
use zeroize::Zeroizing;

/// An access key, its secret key, and the security token of temporary keys.
pub(crate) struct Keys {
    pub(super) access: String,
    /// The HMAC state derived from the secret key, from which each signature continues. The key itself is not stored.
    mac: Box<Hmac<Sha256>>,
    /// The value of `X-Security-Token`, marked as sensitive.
    pub(super) security_token: Option<HeaderValue>,
}

impl Keys {
    /// Creates signing keys from keys issued by the console or by IAM.
    ///
    /// The secret key is zeroized. Some copies are not: the stack block that the HMAC library pads it into, the remains
    /// of an HMAC state that was moved, and the security token, which the HTTP library copies into each request.
    pub(crate) fn new(access: String, secret: String, security_token: Option<String>) -> Result<Self, String> {
        let secret = Zeroizing::new(secret);
        let security_token = security_token.map(Zeroizing::new);
        check("access key", &access)?;
        check("secret key", &secret)?;
        if let Some(token) = &security_token {
            check("security token", token)?;
        }
        let mac = Hmac::new_from_slice(secret.as_bytes())
            .map_err(|_| "the secret key has an invalid length; check that it was copied completely")?;
        let security_token = security_token.map(|token| sensitive(&token)).transpose()?;
        // Boxed, so that moving the keys leaves no copies behind.
        Ok(Self { access, mac: Box::new(mac), security_token })
    }

    /// The signature of a string, in hex. HMAC states are zeroized on drop.
    pub(super) fn signature(&self, text: &str) -> String {
        let mut mac = Hmac::clone(&self.mac);
        mac.update(text.as_bytes());
        HEXLOWER.encode(&mac.finalize().into_bytes())
    }
}

fn sensitive(token: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_str(token)
        .map_err(|_| "the security token cannot be sent as a header; get new temporary keys")?;
    value.set_sensitive(true);
    Ok(value)
}

fn check(name: &str, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(format!("the {name} is empty; use it as it was issued"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(format!(
            "the {name} has a space, a line break or another character that is not visible ASCII; use only the value as it was issued"
        ));
    }
    Ok(())
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys([redacted])")
    }
}
