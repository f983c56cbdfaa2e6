//! The kinds of objects in an OpenAPI 3.0 document, and the fields of each.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The fields of each kind. A field is a string, or what stands behind `=`: a type, a kind, `[KIND]` for a list, `{KIND}` for a mapping,
/// or the words it may be. `!` marks one that is required, `*=` what stands under arbitrary keys.
const FIELDS: &str = "
document: openapi! info!=info servers=[server] paths!=paths components=components security=list tags=[tag] externalDocs=externalDocs
info: title! description termsOfService contact=contact license=license version!
contact: name url email
license: name! url
server: url! description variables={server_variable}
server_variable: enum=strings default! description
paths: *=path
callback: *=path
path: $ref summary description get=operation put=operation post=operation delete=operation options=operation head=operation \
 patch=operation trace=operation servers=[server] parameters=[parameter]
operation: tags=strings summary description externalDocs=externalDocs operationId parameters=[parameter] requestBody=request_body \
 responses!=responses callbacks={callback} deprecated=flag security=list servers=[server]
externalDocs: description url!
parameter: name! in!=path|query|header|cookie description required=flag deprecated=flag allowEmptyValue=flag \
 style=simple|form|label|matrix|spaceDelimited|pipeDelimited|deepObject explode=flag allowReserved=flag schema=schema example=anything \
 examples={example} content={media_type}
request_body: description content={media_type} required=flag
media_type: schema=schema example=anything examples={example} encoding={encoding}
encoding: contentType headers={header} style=form|spaceDelimited|pipeDelimited|deepObject explode=flag allowReserved=flag
responses: *=response
response: description! headers={header} content={media_type} links={link}
example: summary description value=anything externalValue
link: operationRef operationId parameters=anything requestBody=anything description server=server
header: description required=flag deprecated=flag style=simple| explode=flag schema=schema example=anything examples={example} \
 content={media_type}
tag: name! description externalDocs=externalDocs
schema: title multipleOf=number maximum=number exclusiveMaximum=flag minimum=number exclusiveMinimum=flag maxLength=count \
 minLength=count pattern maxItems=count minItems=count uniqueItems=flag maxProperties=count minProperties=count required=strings \
 enum=list type=string|integer|number|boolean|object|array allOf=[schema] oneOf=[schema] anyOf=[schema] not=schema items=schema \
 properties={schema} additionalProperties=flag_or_schema description format default=anything nullable=flag discriminator=discriminator \
 readOnly=flag writeOnly=flag xml=anything externalDocs=externalDocs example=anything deprecated=flag
discriminator: propertyName! mapping=anything
security_scheme: type!=apiKey|http|oauth2|openIdConnect description name in=query|header|cookie scheme bearerFormat flows=flows \
 openIdConnectUrl
flows: implicit=flow password=flow clientCredentials=flow authorizationCode=flow
flow: authorizationUrl tokenUrl refreshUrl scopes!=anything
components: schemas={schema} responses={response} parameters={parameter} examples={example} requestBodies={request_body} \
 headers={header} securitySchemes={security_scheme} links={link} callbacks={callback}
";

/// A kind of object, by its name in [`FIELDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Kind(&'static str);

/// What a field contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    /// One of these words, with `|` between them.
    Word(&'static str),
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
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
}

#[allow(non_upper_case_globals, reason = "they are the variants that rules distinguish")]
impl Kind {
    pub(crate) const Document: Self = Self("document");
    pub(crate) const Header: Self = Self("header");
    pub(crate) const Info: Self = Self("info");
    pub(crate) const Link: Self = Self("link");
    pub(crate) const Operation: Self = Self("operation");
    pub(crate) const Parameter: Self = Self("parameter");
    pub(crate) const PathItem: Self = Self("path");
    pub(crate) const RequestBody: Self = Self("request_body");
    pub(crate) const Response: Self = Self("response");
    pub(crate) const Schema: Self = Self("schema");
    pub(crate) const SecurityScheme: Self = Self("security_scheme");

    /// What a diagnostic calls such an object.
    pub(crate) fn label(self) -> String {
        self.0.replace('_', " ")
    }

    /// The part of `components` that has such objects.
    pub(crate) fn section(self) -> Option<&'static str> {
        let components = Self("components").fields().iter();
        components.into_iter().find(|field| field.shape == Shape::Map(self)).map(|field| field.name)
    }

    /// What such an object has under arbitrary keys.
    pub(crate) fn entries(self) -> Option<Self> {
        match self.fields() {
            [Field { name: "*", shape: Shape::One(kind), .. }] => Some(*kind),
            _ => None,
        }
    }

    /// The fields of such an object.
    pub(crate) fn fields(self) -> &'static [Field] {
        static TABLE: OnceLock<HashMap<&str, Vec<Field>>> = OnceLock::new();
        let table = TABLE.get_or_init(|| {
            let lines = FIELDS.lines().filter_map(|line| line.split_once(": "));
            lines.map(|(kind, fields)| (kind, fields.split_whitespace().map(field).collect())).collect()
        });
        table.get(self.0).map(Vec::as_slice).unwrap_or_default()
    }
}

fn field(text: &'static str) -> Field {
    let (name, shape) = text.split_once('=').unwrap_or((text, "string"));
    let inside =
        |open, close| shape.strip_prefix(open).and_then(|rest: &'static str| rest.strip_suffix(close)).map(Kind);
    let shape = match shape {
        "string" => Shape::Text,
        "flag" => Shape::Flag,
        "count" => Shape::Count,
        "number" => Shape::Number,
        "strings" => Shape::Texts,
        "list" => Shape::AnyList,
        "anything" => Shape::Anything,
        "flag_or_schema" => Shape::FlagOrSchema,
        words if words.contains('|') => Shape::Word(words.trim_end_matches('|')),
        kind => {
            inside('[', ']').map(Shape::List).or(inside('{', '}').map(Shape::Map)).unwrap_or(Shape::One(Kind(kind)))
        }
    };
    Field { name: name.trim_end_matches('!'), shape, required: name.ends_with('!') }
}
