//! The operations of an OpenAPI document.

use std::fmt;

use tracing::Span;

/// An operation of the OpenAPI document: its id, its request line and the media type of its body.
pub struct Operation {
    pub(crate) id: &'static str,
    pub(crate) function: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) content_type: Option<&'static str>,
    /// Whether the caller reads a success as a `ByteStream`.
    pub(crate) streamed: bool,
    /// Opens the span of a call. The name of a span must be a constant, so each operation provides the code to create
    /// it.
    pub(crate) span: fn() -> Span,
}

impl Operation {
    /// Used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        id: &'static str,
        function: &'static str,
        method: &'static str,
        path: &'static str,
        content_type: Option<&'static str>,
        streamed: bool,
        span: fn() -> Span,
    ) -> Self {
        Self { id, function, method, path, content_type, streamed, span }
    }

    /// The operation id, such as `CreatePlaybookAction`.
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The HTTP method in upper case, such as `POST`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The path template, with each parameter's name in braces.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The media type of the request body, exactly as it is sent; `None` if the operation has no body, or if
    /// the caller sets the media type, as for multipart.
    #[must_use]
    pub fn content_type(&self) -> Option<&'static str> {
        self.content_type
    }

    /// Whether HTTP defines the method as idempotent (RFC 9110, section 9.2.2).
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        matches!(self.method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE")
    }

    /// Finds the operation of a generated method, in a table that is sorted by method name.
    pub(crate) fn by_function(table: &'static [Self], function: &str) -> Option<&'static Self> {
        table.binary_search_by(|operation| operation.function.cmp(function)).ok().and_then(|index| table.get(index))
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("id", &self.id)
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
