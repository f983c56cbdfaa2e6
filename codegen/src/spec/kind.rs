//! The kinds of objects in an OpenAPI 3.0 document.

use Kind::{
    Callback, Components, Contact, Discriminator, Encoding, Example, ExternalDocs, Flow, Flows, Header, Info, License,
    Link, MediaType, Operation, Parameter, PathItem, Paths, RequestBody, Response, Responses, Schema, SecurityScheme,
    Server, ServerVariable, Tag,
};

/// A kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Document,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Paths,
    PathItem,
    Operation,
    ExternalDocs,
    Parameter,
    RequestBody,
    MediaType,
    Encoding,
    Responses,
    Response,
    Callback,
    Example,
    Link,
    Header,
    Tag,
    Schema,
    Discriminator,
    SecurityScheme,
    Flows,
    Flow,
    Components,
}

impl Kind {
    /// What a diagnostic calls such an object.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Document => "document",
            Info => "info",
            Contact => "contact",
            License => "license",
            Server => "server",
            ServerVariable => "server variable",
            Paths => "paths",
            PathItem => "path",
            Operation => "operation",
            ExternalDocs => "externalDocs",
            Parameter => "parameter",
            RequestBody => "request body",
            MediaType => "media type",
            Encoding => "encoding",
            Responses => "responses",
            Response => "response",
            Callback => "callback",
            Example => "example",
            Link => "link",
            Header => "header",
            Tag => "tag",
            Schema => "schema",
            Discriminator => "discriminator",
            SecurityScheme => "security scheme",
            Flows => "flows",
            Flow => "flow",
            Components => "components",
        }
    }

    /// The part of `components` that holds such objects.
    pub(crate) fn section(self) -> Option<&'static str> {
        match self {
            Schema => Some("schemas"),
            Parameter => Some("parameters"),
            RequestBody => Some("requestBodies"),
            Response => Some("responses"),
            Header => Some("headers"),
            Example => Some("examples"),
            Link => Some("links"),
            Callback => Some("callbacks"),
            SecurityScheme => Some("securitySchemes"),
            _ => None,
        }
    }

    /// What such an object holds under arbitrary keys.
    pub(crate) fn entries(self) -> Option<Self> {
        match self {
            Paths | Callback => Some(PathItem),
            Responses => Some(Response),
            _ => None,
        }
    }
}
