//! Runs progenitor, and reports what it rejects.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle};
use serde_json::{Map, Value, json};

use super::document::Document;
use super::operation::operations;
use super::rename::{Renamed, Send, rename};
use super::{Finding, replacements};

/// Generates the code of a prepared document.
///
/// A document passes the checks before it comes here. What the generator still rejects is searched part by part, so that the finding
/// can name its place.
pub fn run(document: &Document, value: &Value) -> Result<(syn::File, Vec<Send>), Vec<Finding>> {
    let tokens = generated(value).map_err(|reason| refusals(document, value, &reason))?;
    let Renamed { code, sends } = rename(tokens, "crate::runtime").map_err(|unknown| {
        // Neither the document nor its author is at fault.
        let text = format!(
            "this version of progenitor writes code of an unknown form: {unknown}; use an earlier 0.15 release of progenitor, and report \
             this together with the document"
        );
        vec![Finding::of_file(&document.name, &text)]
    })?;
    let file = syn::parse2(code)
        .map_err(|error| vec![Finding::of_file(&document.name, &format!("the generated code is not Rust: {error}"))])?;
    Ok((file, sends))
}

/// What the generator refuses of a document, for a reason that it gave of the whole.
fn refusals(document: &Document, value: &Value, reason: &str) -> Vec<Finding> {
    let told = |text: &str| format!("the generator refuses this {text}: {reason}; write it in another way");
    let mut findings: Vec<Finding> = schemas_at_fault(value)
        .into_iter()
        .map(|(pointer, reason)| {
            document.finding(&pointer, &format!("the generator refuses this schema: {reason}; write it in another way"))
        })
        .collect();
    if findings.is_empty() {
        for operation in operations(document) {
            let mut alone = value.clone();
            let item = value.pointer(&operation.item).and_then(Value::as_object).cloned().unwrap_or_default();
            let kept: Map<String, Value> =
                item.into_iter().filter(|(key, _)| key == operation.method || key == "parameters").collect();
            alone["paths"] = json!({ operation.path: kept });
            if let Err(reason) = generated(&alone) {
                let text = format!("the generator refuses this operation: {reason}; write it in another way");
                findings.push(document.finding(&operation.pointer, &text).in_operation(&operation.label()));
            }
        }
    }
    if findings.is_empty() { vec![Finding::of_file(&document.name, &told("document"))] } else { findings }
}

/// The pointers of the schemas that the generator refuses, each with the reason.
fn schemas_at_fault(value: &Value) -> Vec<(String, String)> {
    let schemas = value.pointer("/components/schemas").and_then(Value::as_object);
    let mut faults = Vec::new();
    for name in schemas.into_iter().flatten().map(|(name, _)| name) {
        let mut alone = value.clone();
        alone["paths"] = json!({});
        if let Some(Value::Object(all)) = alone.pointer_mut("/components/schemas") {
            for (other, schema) in all.iter_mut().filter(|(other, _)| *other != name) {
                *schema = json!({ "type": "object", "title": other });
            }
        }
        if let Err(reason) = generated(&alone) {
            faults.push((format!("/components/schemas{}", super::document::step(name)), reason));
        }
    }
    faults
}

/// The code of a document, or why there is none.
fn generated(value: &Value) -> Result<TokenStream, String> {
    let spec: OpenAPI = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
    let mut generator = Generator::new(&settings(value));
    let tokens = match quietly(|| generator.generate_tokens(&spec)) {
        Ok(Ok(tokens)) => tokens,
        Ok(Err(error)) => return Err(error.to_string()),
        Err(panic) => return Err(panic),
    };
    // Code that is not Rust is the document's fault, and the part at fault is searched like any other.
    syn::parse2::<syn::File>(tokens.clone()).map_err(|error| format!("it made code that is not Rust ({error})"))?;
    Ok(tokens)
}

/// Runs what may panic, without the message that a panic prints. What it said becomes the error.
fn quietly<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    thread_local! { static QUIET: Cell<bool> = const { Cell::new(false) } }
    static HOOK: Once = Once::new();
    // The hook belongs to the whole process, where tests run side by side, so that it is set once and asks each thread.
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    QUIET.set(false);
    result.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        text.unwrap_or("it stopped without a reason").to_owned()
    })
}

fn settings(document: &Value) -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Builder)
        // The client does not compile without the runtime's hooks.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote::quote!(crate::runtime::Session))
        .with_derive("PartialEq");
    for (name, path, traits) in replacements::of(document) {
        settings.with_replacement(name, path, traits.iter().copied());
    }
    settings
}
