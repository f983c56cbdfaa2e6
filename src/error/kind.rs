//! The kinds of failure.

/// The kind of failure of a call.
///
/// ```
/// use secmaster_client::ErrorKind;
///
/// /// Whether to check the credentials.
/// fn is_about_credentials(error: &secmaster_client::Error) -> bool {
///     error.kind() == ErrorKind::Authentication || error.is_unauthorized()
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request was not sent. A value is missing or not allowed, such as a parameter that is not set, or an id that is
    /// empty, `.` or `..`, or has white space at an end, a backslash or a control character. Or a setting is missing: the
    /// endpoint, the project, TLS, or a timeout that is not zero. Correct the call or the client. Other invalid ids are
    /// sent, and the service rejects them.
    InvalidRequest,
    /// No valid credentials are available: the request was not sent, or it was rejected with expired ones. Nothing was
    /// processed, unless the retry policy allows retrying requests that may have been processed. Check the credentials.
    ///
    /// The status, body and request id are those of IAM or of the metadata service.
    Authentication,
    /// No connection was made, or it was closed before the request was sent. Check the address, the network or the
    /// certificate. The request was not sent; if an earlier attempt got a response, the error contains it. Nothing was
    /// processed, unless the retry policy allows retrying requests that may have been processed.
    Connect,
    /// The deadline of the whole call expired. The request may have been processed, unless
    /// [`attempts`](crate::Error::attempts) is zero: then nothing was sent.
    Timeout,
    /// The connection broke while the request was sent or the response was read, or the response is not HTTP. The
    /// request may have been processed.
    Transport,
    /// The service, or the gateway in front of it, returned an error status.
    Service,
    /// The service returned a success that does not match the OpenAPI document. The request has probably been
    /// processed.
    Decode,
    /// The service returned a success with a body that is larger than the client accepts. The request has probably been
    /// processed.
    TooLarge,
    /// The service returned a redirect. Redirects are never followed, since that would forward the credentials.
    Redirect,
}
