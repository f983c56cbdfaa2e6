//! The kinds of objects in an OpenAPI 3.0 document, and the fields of each.

use std::collections::HashMap;
use std::sync::OnceLock;

/// The fields of each kind. A field is a string, or has the shape after `=`: a type, a kind, `[KIND]` for a list,
/// `{KIND}` for a mapping, or the allowed words. `!` marks a required field; if other fields follow the `!`, one of
/// them is sufficient. `*` matches any name.
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
parameter: name! in! description required=flag deprecated=flag allowEmptyValue=flag \
 style=simple|form|label|matrix|spaceDelimited|pipeDelimited|deepObject explode=flag allowReserved=flag schema=schema example=anything \
 examples={example} content={media_type}
request_body: description content={media_type} required=flag
media_type: schema=schema example=anything examples={example} encoding={encoding}
encoding: contentType headers={header} style=form|spaceDelimited|pipeDelimited|deepObject explode=flag allowReserved=flag
responses: *=response
response: description! headers={header} content={media_type} links={link}
example: summary description value=anything externalValue
link: operationRef operationId!operationRef parameters=anything requestBody=anything description server=server
header: description required=flag deprecated=flag style=simple| explode=flag schema!content,type=schema example=anything examples={example} \
 content={media_type}
tag: name! description externalDocs=externalDocs
schema: title multipleOf=number maximum=number exclusiveMaximum=flag minimum=number exclusiveMinimum=flag maxLength=count \
 minLength=count pattern maxItems=count minItems=count uniqueItems=flag maxProperties=count minProperties=count required=strings \
 enum=list type=type allOf=[schema] oneOf=[schema] anyOf=[schema] not=schema items=schema \
 properties={schema} additionalProperties=flag_or_schema description format default=anything nullable=flag discriminator=discriminator \
 readOnly=flag writeOnly=flag xml=anything externalDocs=externalDocs example=anything deprecated=flag
discriminator: propertyName! mapping=anything
security_scheme: type!=apiKey|http|oauth2|openIdConnect description name!scheme,flows,openIdConnectUrl in=query|header|cookie scheme bearerFormat flows=flows \
 openIdConnectUrl
flows: implicit=flow password=flow clientCredentials=flow authorizationCode=flow
flow: authorizationUrl tokenUrl refreshUrl scopes!=anything
components: schemas={schema} responses={response} parameters={parameter} examples={example} requestBodies={request_body} \
 headers={header} securitySchemes={security_scheme} links={link} callbacks={callback}
";

/// A field of an object.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: &'static str,
    pub(crate) required: bool,
    /// The fields that can replace a required one.
    pub(crate) instead: Vec<&'static str>,
}

/// The fields of a kind of object; empty if the kind is unknown.
pub(crate) fn fields(kind: &str) -> &'static [Field] {
    static TABLE: OnceLock<HashMap<&str, Vec<Field>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let lines = FIELDS.lines().filter_map(|line| line.split_once(": "));
        lines.map(|(kind, fields)| (kind, fields.split_whitespace().map(field).collect())).collect()
    });
    table.get(kind).map(Vec::as_slice).unwrap_or_default()
}

fn field(text: &'static str) -> Field {
    let (name, shape) = text.split_once('=').unwrap_or((text, "string"));
    let (name, instead) = name.split_once('!').map_or((name, None), |(name, instead)| (name, Some(instead)));
    Field {
        name,
        shape,
        required: instead.is_some(),
        instead: instead.into_iter().flat_map(|all| all.split(',')).collect(),
    }
}

/// The name of a kind of object in diagnostics.
pub(crate) fn label(kind: &str) -> String {
    if kind == "document" { "OpenAPI document".to_owned() } else { kind.replace('_', " ") }
}

/// The section of `components` for a kind of object.
pub(crate) fn section(kind: &str) -> Option<&'static str> {
    let is_of = |field: &&Field| field.shape.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) == Some(kind);
    fields("components").iter().find(is_of).map(|field| field.name)
}
