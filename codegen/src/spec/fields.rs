//! The fields of each kind of object, as OpenAPI 3.0 defines them.

use super::kind::Kind;
use Kind::{
    Callback, Components, Contact, Discriminator, Encoding, Example, ExternalDocs, Flow, Flows, Header, Info, License,
    Link, MediaType, Operation, Parameter, PathItem, Paths, RequestBody, Response, Responses, Schema, SecurityScheme,
    Server, ServerVariable, Tag,
};
use Shape::{AnyList, Anything, Count, Flag, FlagOrSchema, List, Map, Number, One, Text, Texts, Word};

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    Text,
    Word(&'static [&'static str]),
    Flag,
    Count,
    Number,
    Texts,
    AnyList,
    Anything,
    FlagOrSchema,
    One(Kind),
    List(Kind),
    Map(Kind),
}

/// A field of an object.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
}

const fn may(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

const fn must(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

impl Kind {
    /// The fields of such an object.
    pub(crate) fn fields(self) -> &'static [Field] {
        match self {
            Self::Document => DOCUMENT,
            Info => INFO,
            Contact => CONTACT,
            License => LICENSE,
            Server => SERVER,
            ServerVariable => SERVER_VARIABLE,
            Paths | Responses | Callback => &[],
            PathItem => PATH_ITEM,
            Operation => OPERATION,
            ExternalDocs => EXTERNAL_DOCS,
            Parameter => PARAMETER,
            RequestBody => REQUEST_BODY,
            MediaType => MEDIA_TYPE,
            Encoding => ENCODING,
            Response => RESPONSE,
            Example => EXAMPLE,
            Link => LINK,
            Header => HEADER,
            Tag => TAG,
            Schema => SCHEMA,
            Discriminator => DISCRIMINATOR,
            SecurityScheme => SECURITY_SCHEME,
            Flows => FLOWS,
            Flow => FLOW,
            Components => COMPONENTS,
        }
    }
}

static DOCUMENT: &[Field] = &[
    must("openapi", Text),
    must("info", One(Info)),
    may("servers", List(Server)),
    must("paths", One(Paths)),
    may("components", One(Components)),
    may("security", AnyList),
    may("tags", List(Tag)),
    may("externalDocs", One(ExternalDocs)),
];
static INFO: &[Field] = &[
    must("title", Text),
    may("description", Text),
    may("termsOfService", Text),
    may("contact", One(Contact)),
    may("license", One(License)),
    must("version", Text),
];
static CONTACT: &[Field] = &[may("name", Text), may("url", Text), may("email", Text)];
static LICENSE: &[Field] = &[must("name", Text), may("url", Text)];
static SERVER: &[Field] = &[must("url", Text), may("description", Text), may("variables", Map(ServerVariable))];
static SERVER_VARIABLE: &[Field] = &[may("enum", Texts), must("default", Text), may("description", Text)];
static PATH_ITEM: &[Field] = &[
    may("$ref", Text),
    may("summary", Text),
    may("description", Text),
    may("get", One(Operation)),
    may("put", One(Operation)),
    may("post", One(Operation)),
    may("delete", One(Operation)),
    may("options", One(Operation)),
    may("head", One(Operation)),
    may("patch", One(Operation)),
    may("trace", One(Operation)),
    may("servers", List(Server)),
    may("parameters", List(Parameter)),
];
static OPERATION: &[Field] = &[
    may("tags", Texts),
    may("summary", Text),
    may("description", Text),
    may("externalDocs", One(ExternalDocs)),
    may("operationId", Text),
    may("parameters", List(Parameter)),
    may("requestBody", One(RequestBody)),
    must("responses", One(Responses)),
    may("callbacks", Map(Callback)),
    may("deprecated", Flag),
    may("security", AnyList),
    may("servers", List(Server)),
];
static EXTERNAL_DOCS: &[Field] = &[may("description", Text), must("url", Text)];
static PARAMETER: &[Field] = &[
    must("name", Text),
    must("in", Word(&["path", "query", "header", "cookie"])),
    may("description", Text),
    may("required", Flag),
    may("deprecated", Flag),
    may("allowEmptyValue", Flag),
    may("style", Word(&["simple", "form", "label", "matrix", "spaceDelimited", "pipeDelimited", "deepObject"])),
    may("explode", Flag),
    may("allowReserved", Flag),
    may("schema", One(Schema)),
    may("example", Anything),
    may("examples", Map(Example)),
    may("content", Map(MediaType)),
];
static REQUEST_BODY: &[Field] = &[may("description", Text), may("content", Map(MediaType)), may("required", Flag)];
static MEDIA_TYPE: &[Field] = &[
    may("schema", One(Schema)),
    may("example", Anything),
    may("examples", Map(Example)),
    may("encoding", Map(Encoding)),
];
static ENCODING: &[Field] = &[
    may("contentType", Text),
    may("headers", Map(Header)),
    may("style", Word(&["form", "spaceDelimited", "pipeDelimited", "deepObject"])),
    may("explode", Flag),
    may("allowReserved", Flag),
];
static RESPONSE: &[Field] =
    &[must("description", Text), may("headers", Map(Header)), may("content", Map(MediaType)), may("links", Map(Link))];
static EXAMPLE: &[Field] =
    &[may("summary", Text), may("description", Text), may("value", Anything), may("externalValue", Text)];
static LINK: &[Field] = &[
    may("operationRef", Text),
    may("operationId", Text),
    may("parameters", Anything),
    may("requestBody", Anything),
    may("description", Text),
    may("server", One(Server)),
];
static HEADER: &[Field] = &[
    may("description", Text),
    may("required", Flag),
    may("deprecated", Flag),
    may("style", Word(&["simple"])),
    may("explode", Flag),
    may("schema", One(Schema)),
    may("example", Anything),
    may("examples", Map(Example)),
    may("content", Map(MediaType)),
];
static TAG: &[Field] = &[must("name", Text), may("description", Text), may("externalDocs", One(ExternalDocs))];
static SCHEMA: &[Field] = &[
    may("title", Text),
    may("multipleOf", Number),
    may("maximum", Number),
    may("exclusiveMaximum", Flag),
    may("minimum", Number),
    may("exclusiveMinimum", Flag),
    may("maxLength", Count),
    may("minLength", Count),
    may("pattern", Text),
    may("maxItems", Count),
    may("minItems", Count),
    may("uniqueItems", Flag),
    may("maxProperties", Count),
    may("minProperties", Count),
    may("required", Texts),
    may("enum", AnyList),
    may("type", Word(&["string", "integer", "number", "boolean", "object", "array"])),
    may("allOf", List(Schema)),
    may("oneOf", List(Schema)),
    may("anyOf", List(Schema)),
    may("not", One(Schema)),
    may("items", One(Schema)),
    may("properties", Map(Schema)),
    may("additionalProperties", FlagOrSchema),
    may("description", Text),
    may("format", Text),
    may("default", Anything),
    may("nullable", Flag),
    may("discriminator", One(Discriminator)),
    may("readOnly", Flag),
    may("writeOnly", Flag),
    may("xml", Anything),
    may("externalDocs", One(ExternalDocs)),
    may("example", Anything),
    may("deprecated", Flag),
];
static DISCRIMINATOR: &[Field] = &[must("propertyName", Text), may("mapping", Anything)];
static SECURITY_SCHEME: &[Field] = &[
    must("type", Word(&["apiKey", "http", "oauth2", "openIdConnect"])),
    may("description", Text),
    may("name", Text),
    may("in", Word(&["query", "header", "cookie"])),
    may("scheme", Text),
    may("bearerFormat", Text),
    may("flows", One(Flows)),
    may("openIdConnectUrl", Text),
];
static FLOWS: &[Field] = &[
    may("implicit", One(Flow)),
    may("password", One(Flow)),
    may("clientCredentials", One(Flow)),
    may("authorizationCode", One(Flow)),
];
static FLOW: &[Field] =
    &[may("authorizationUrl", Text), may("tokenUrl", Text), may("refreshUrl", Text), must("scopes", Anything)];
static COMPONENTS: &[Field] = &[
    may("schemas", Map(Schema)),
    may("responses", Map(Response)),
    may("parameters", Map(Parameter)),
    may("examples", Map(Example)),
    may("requestBodies", Map(RequestBody)),
    may("headers", Map(Header)),
    may("securitySchemes", Map(SecurityScheme)),
    may("links", Map(Link)),
    may("callbacks", Map(Callback)),
];
