//! From a checked document to Rust code: the client, and the table of its operations.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle};
use serde_json::Value;

use super::check::{Operation, operations, resolve};
use super::document::Document;
use super::{Finding, names, replacements};

/// What a document was turned into.
#[derive(Debug)]
pub struct Generated {
    /// The client, as progenitor makes it, formatted, and the table of its operations.
    pub code: String,
    /// Names of `cfg`s, and whether the document has what each stands for.
    pub cfgs: Vec<(&'static str, bool)>,
}

/// Generates the code of a document that passed the checks.
pub fn generate(document: &Document) -> Result<Generated, Vec<Finding>> {
    let spec: OpenAPI = serde_json::from_value(document.value.clone())
        .map_err(|error| vec![Finding::of_file(&document.name, &format!("this is not OpenAPI 3.0: {error}"))])?;
    let client = client(document, &spec)?;
    let table = table(document, &client)?;
    Ok(Generated { code: format!("{client}\n{table}"), cfgs: cfgs(document) })
}

/// Runs progenitor. What it panics about becomes a finding, since a backtrace tells nobody what to write.
fn client(document: &Document, spec: &OpenAPI) -> Result<String, Vec<Finding>> {
    let refuse =
        |text: String| vec![Finding::of_file(&document.name, &format!("the generator refuses the document: {text}"))];
    let mut generator = Generator::new(&settings(document));
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let result = catch_unwind(AssertUnwindSafe(|| generator.generate_tokens(spec)));
    set_hook(hook);
    let tokens = match result {
        Ok(Ok(tokens)) => tokens,
        Ok(Err(error)) => return Err(refuse(error.to_string())),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("it stopped without a reason");
            return Err(refuse(text.to_owned()));
        }
    };
    let file = syn::parse2(tokens).map_err(|error| refuse(format!("it made code that is not Rust ({error})")))?;
    Ok(prettyplease::unparse(&file))
}

fn settings(document: &Document) -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Builder)
        // Without the hooks that authorise a call, the generated client does not compile.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote::quote!(crate::call::Call))
        .with_derive("PartialEq");
    for (name, path, traits) in replacements::of(&document.value) {
        settings.with_replacement(name, path, traits.iter().copied());
    }
    settings
}

/// The table of operations, sorted by the generated method's name so that it can be searched.
fn table(document: &Document, client: &str) -> Result<String, Vec<Finding>> {
    let mut rows: Vec<(String, Operation<'_>)> = operations(document)
        .into_iter()
        .map(|operation| (names::function(operation.id().unwrap_or_default()), operation))
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));

    let mut text = String::from(
        "/// Every operation of the document, sorted by the name of its generated method.\npub static OPERATIONS: &[crate::Operation] = &[\n",
    );
    for (function, operation) in &rows {
        if !client.contains(&format!("operation_id: {function:?}")) {
            return Err(vec![
                document
                    .finding(
                        &operation.pointer,
                        &format!("the generator made no method {function}; choose a plainer operationId"),
                    )
                    .in_operation(&operation.label()),
            ]);
        }
        let id = operation.id().unwrap_or_default();
        // Writing to a String can not fail.
        let _ = writeln!(
            text,
            "    crate::Operation {{\n        id: {id:?},\n        function: {function:?},\n        method: {:?},\n        path: {:?},\n        content_type: {:?},\n        span: || tracing::info_span!({id:?}, status = tracing::field::Empty, request_id = tracing::field::Empty, duration_ms = tracing::field::Empty),\n    }},",
            operation.method.to_uppercase(),
            operation.path,
            content_type(document, operation),
        );
    }
    text.push_str("];\n");
    Ok(text)
}

/// The media type of an operation's body, as the document writes it.
fn content_type<'a>(document: &'a Document, operation: &Operation<'a>) -> Option<&'a str> {
    let body = resolve(document, operation.value.get("requestBody")?)?;
    body.get("content")?.as_object()?.keys().next().map(String::as_str)
}

/// What the hand-written code about one schema needs to know.
fn cfgs(document: &Document) -> Vec<(&'static str, bool)> {
    let properties = |name: &str| {
        document.value.pointer(&format!("/components/schemas/{name}/properties")).and_then(Value::as_object)
    };
    let wanted = ["name", "description", "action_type", "action_id", "sort_order"];
    let has_create_action =
        properties("CreateAction").is_some_and(|found| wanted.iter().all(|name| found.contains_key(*name)));
    vec![("has_create_action", has_create_action)]
}
