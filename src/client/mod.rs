//! Common parts of generated clients: the builder, and macros that generated code calls.

pub(crate) mod builder;

/// Completes a generated client: its table of operations, its builder, and per-call options.
///
/// `contract` is the version of the runtime interface that the generated code expects, and `codegen` the version of the
/// generator.
#[doc(hidden)]
#[macro_export]
macro_rules! generated_client {
    (
        contract: 1,
        codegen: $codegen:literal,
        version: $version:literal,
        endpoint: $endpoint:expr,
        operations: [$({
            id: $id:literal,
            function: $function:literal,
            method: $method:literal,
            path: $path:literal,
            content_type: $content_type:expr,
            streamed: $streamed:literal $(,)?
        }),* $(,)?] $(,)?
    ) => {
        /// Every operation of the OpenAPI document, sorted by method name.
        pub static OPERATIONS: &[$crate::Operation] = &[$(
            $crate::Operation::new($id, $function, $method, $path, $content_type, $streamed, || {
                $crate::runtime::tracing::info_span!(
                    $id,
                    attempts = $crate::runtime::tracing::field::Empty,
                    status = $crate::runtime::tracing::field::Empty,
                    request_id = $crate::runtime::tracing::field::Empty,
                    duration_ms = $crate::runtime::tracing::field::Empty,
                )
            }),
        )*];

        impl $crate::runtime::Api for Client {
            const ENDPOINT: ::std::option::Option<&'static str> = $endpoint;

            fn operations() -> &'static [$crate::Operation] {
                OPERATIONS
            }
        }

        /// Creates a client that shares credentials, connections and limits with another client, possibly of another
        /// service. It then sends to this service's endpoint in the same region. If the endpoint of the other client
        /// was not derived from a region, call [`with_endpoint`](Self::with_endpoint).
        impl ::std::convert::From<$crate::Session> for Client {
            fn from(session: $crate::Session) -> Self {
                let inner = session.for_service(OPERATIONS, $endpoint);
                Self { baseurl: ::std::string::String::new(), client: $crate::runtime::http::Client, inner }
            }
        }

        impl ::std::fmt::Debug for Client {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.inner.describe("Client", f)
            }
        }

        impl Client {
            /// Starts to configure a client. Credentials are required, and a region or an endpoint, unless the server
            /// URL of the OpenAPI document has no `{region}`; everything else has a default.
            pub fn builder() -> $crate::ClientBuilder<Self> {
                $crate::ClientBuilder::new()
            }

            /// The state that this client shares with its clones: credentials, connections and limits.
            #[must_use]
            pub fn session(&self) -> &$crate::Session {
                &self.inner
            }

            /// The version of the OpenAPI document that this client was generated from.
            #[must_use]
            pub fn api_version() -> &'static str {
                $version
            }

            /// Returns the project ID that this client uses.
            ///
            /// It is set on the [builder](secmaster_client::ClientBuilder::project_id) or on the credentials, comes
            /// with the token, or is looked up once in IAM by the name of the region. Operations use it if their
            /// `project_id` is not set. If the project is set, nothing is sent, so this does not validate the
            /// credentials.
            ///
            /// # Errors
            ///
            /// Returns an error of the kind [`Authentication`](secmaster_client::ErrorKind::Authentication) if no token
            /// is available, or if the lookup fails or does not find exactly one project;
            /// [`InvalidRequest`](secmaster_client::ErrorKind::InvalidRequest) if neither a project nor a region is
            /// known; [`Timeout`](secmaster_client::ErrorKind::Timeout) after the timeout of the client.
            pub async fn project_id(&self) -> ::std::result::Result<::std::string::String, $crate::Error> {
                self.inner.project_id().await
            }

            /// Returns a client with a different timeout for whole calls. Connections, credentials and cached tokens
            /// are shared. The connect timeout and the timeout of a login remain those of the original client. With a timeout
            /// of zero, every call fails.
            #[must_use]
            pub fn with_timeout(&self, timeout: ::std::time::Duration) -> Self {
                self.inner.with(|options| options.timeout = timeout).into()
            }

            /// Returns a client with a different endpoint, as `https://host[:port][/base]`. Connections, credentials
            /// and cached tokens are shared: the credentials are sent to this endpoint.
            ///
            /// # Errors
            ///
            /// Returns an error if the address is malformed, or if it is `http://` and neither a loopback address nor
            /// [allowed](secmaster_client::ClientBuilder::allow_http).
            pub fn with_endpoint(
                &self,
                endpoint: impl ::std::convert::AsRef<str>,
            ) -> ::std::result::Result<Self, $crate::ConfigError> {
                self.inner.with_endpoint(endpoint.as_ref()).map(::std::convert::Into::into)
            }

            /// Returns a client with a different retry policy. Connections, credentials and cached tokens are shared.
            #[must_use]
            pub fn with_retry(&self, policy: $crate::RetryPolicy) -> Self {
                self.inner.with(|options| options.retry = policy).into()
            }

            /// Returns a client that adds a header to each request, replacing one of the same name. Connections,
            /// credentials and cached tokens are shared. Mark a secret value as sensitive, so that errors redact it.
            ///
            /// # Errors
            ///
            /// Returns an error if the name or the value is malformed, or if the client sets this header itself, such
            /// as `X-Auth-Token` or `Content-Type`.
            pub fn with_header<N, V>(&self, name: N, value: V) -> ::std::result::Result<Self, $crate::ConfigError>
            where
                N: ::std::convert::TryInto<$crate::http::HeaderName>,
                V: ::std::convert::TryInto<$crate::http::HeaderValue>,
            {
                self.inner.with_header(name, value).map(::std::convert::Into::into)
            }
        }
    };
    (contract: $other:literal, codegen: $codegen:literal, $($rest:tt)*) => {
        ::std::compile_error!(::std::concat!(
            "secmaster-client-codegen ",
            $codegen,
            " generated this client, but the runtime is secmaster-client 0.1.0; use the same version of both"
        ));
    };
}

/// Adds `pages()` and `rows()` to the builders of paginated operations. Call it in the module of the builders.
#[doc(hidden)]
#[macro_export]
macro_rules! paged_operations {
    ($(
        $builder:ident: $response:ident => $row:ty, count: $count:expr, rows: $rows:expr, total: $total:expr,
        limit: $limit:literal, end: $end:expr;
    )*) => {$(
        impl<'a> $builder<'a> {
            /// Requests the list page by page, starting at `offset` if set, or else at the first row. The page size is
            /// `limit` if set, or else the maximum that the OpenAPI document allows, up to 100.
            pub fn pages(self) -> $crate::PaginationStream<'a, $crate::Response<types::$response>> {
                let paging = $crate::runtime::Paging::new(&self.offset, &self.limit, $limit, $end);
                $crate::runtime::pages(paging, $count, $total, move |offset, limit| {
                    ::std::clone::Clone::clone(&self).offset(offset).limit(limit).send()
                })
            }

            /// Returns the rows of all pages; see [`pages`](Self::pages).
            pub fn rows(self) -> $crate::PaginationStream<'a, $row> {
                $crate::runtime::rows(self.pages(), $rows)
            }
        }
    )*};
}

/// Implements `schemars::JsonSchema` for generated types, from the schemas of the OpenAPI document.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! json_schemas {
    ($($name:ident: $schema:literal, [$($reference:literal => $target:ident),* $(,)?];)*) => {$(
        impl $crate::runtime::schemars::JsonSchema for types::$name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::stringify!($name).into()
            }

            fn json_schema(
                generator: &mut $crate::runtime::schemars::SchemaGenerator,
            ) -> $crate::runtime::schemars::Schema {
                $crate::runtime::read_schema(
                    $schema,
                    &[$(($reference, |generator| generator.subschema_for::<types::$target>())),*],
                    generator,
                )
            }
        }
    )*};
}

/// Without the feature `schemars`, generated types have no JSON schemas.
#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! json_schemas {
    ($($schemas:tt)*) => {};
}

/// Declares the module of a generated client.
#[doc(hidden)]
#[macro_export]
macro_rules! generated_module {
    ($visibility:vis $name:ident { $($code:tt)* }) => {
        #[allow(
            clippy::all,
            clippy::pedantic,
            clippy::restriction,
            dead_code,
            missing_docs,
            missing_debug_implementations,
            rustdoc::all,
            unreachable_patterns,
            unreachable_pub,
            unused,
            unused_qualifications,
            reason = "generated code"
        )]
        $visibility mod $name {
            $($code)*
        }
    };
}

/// Includes the client that `secmaster-client-codegen` generated from a document in this crate's build script.
///
/// The name is the file name of the document without its extension. The macro defines `Client`, `builder`, `types`,
/// `OPERATIONS` and `OPENAPI`, so call it in a separate module:
///
/// ```text
/// pub mod ecs {
///     secmaster_client::include_client!("ecs");
/// }
/// ```
#[macro_export]
macro_rules! include_client {
    ($name:literal) => {
        $crate::generated_module!(generated { include!(concat!(env!("OUT_DIR"), "/", $name, ".rs")); });
        #[allow(unused_imports, reason = "not every crate uses all of it")]
        pub use generated::{Client, OPERATIONS, builder, types};

        /// The OpenAPI document that this client was generated from.
        #[allow(dead_code, reason = "not every crate uses it")]
        pub const OPENAPI: &str =
            $crate::runtime::document(include_str!(concat!(env!("OUT_DIR"), "/", $name, ".openapi")));
    };
}

/// Includes the generated code of a document in this crate, as a module named after its file in `openapi/`.
macro_rules! generated_document {
    ($name:ident) => {
        $crate::generated_module!(pub(crate) $name {
            #[cfg(feature = "codegen")]
            include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));
            #[cfg(not(feature = "codegen"))]
            include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/generated/", stringify!($name), ".rs"));
        });
    };
}
pub(crate) use generated_document;
