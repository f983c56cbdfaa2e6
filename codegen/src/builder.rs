//! The options of the generator, and the way from a file to code.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Level, Report};
use crate::document::node::{At, Node};
use crate::document::{parse, patch};
use crate::spec::model::Spec;
use crate::{output, rules};

/// A larger file is no OpenAPI document.
const LARGEST: u64 = 64 << 20;

/// Generates a client from an OpenAPI document.
///
/// ```no_run
/// // build.rs
/// secmaster_client_codegen::Builder::new()
///     .merge_patch("openapi/ecs.fixes.yaml")
///     .compile("openapi/ecs.json");
/// ```
#[derive(Debug, Clone)]
pub struct Builder {
    patches: Vec<PathBuf>,
    strict: bool,
    verbose: bool,
    krate: String,
    out_dir: Option<PathBuf>,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

/// What became of a document.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Generated {
    /// The code. None if there are errors.
    pub code: Option<String>,
    /// The text of the document: that of the file, or the patched document as JSON.
    pub document: String,
    /// What was found, errors first.
    pub diagnostics: Vec<Diagnostic>,
    /// The number of operations in the client.
    pub operations: usize,
    /// The number of operations that are in the document, but not in the client.
    pub left_out: usize,
}

impl Generated {
    /// The number of diagnostics of a level.
    #[must_use]
    pub fn count(&self, level: Level) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.level == level).count()
    }
}

impl Builder {
    /// Starts with the defaults: no patches, tolerant, code for a crate that depends on `secmaster-client`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            patches: Vec::new(),
            strict: false,
            verbose: false,
            krate: "::secmaster_client".to_owned(),
            out_dir: None,
        }
    }

    /// Applies a JSON merge patch (RFC 7396), written in YAML or JSON, before anything else is read. Patches are applied in order.
    #[must_use]
    pub fn merge_patch(mut self, path: impl Into<PathBuf>) -> Self {
        self.patches.push(path.into());
        self
    }

    /// Makes warnings errors. The default is `false`.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Lists every place of a summary. The default is `false`.
    #[must_use]
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
        self
    }

    /// Sets the folder to write to. The default is `OUT_DIR`, as cargo sets it for build scripts.
    #[must_use]
    pub fn out_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(path.into());
        self
    }

    /// Sets the path of the crate with the runtime, which is `crate` inside of it.
    #[doc(hidden)]
    #[must_use]
    pub fn runtime_crate(mut self, path: &str) -> Self {
        path.clone_into(&mut self.krate);
        self
    }

    /// Generates the client of a document in a build script: writes `NAME.rs` and `NAME.openapi`, prints the diagnostics for cargo,
    /// and ends the process if there is an error.
    #[allow(clippy::print_stdout, reason = "a build script speaks to cargo this way")]
    pub fn compile(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        for file in std::iter::once(path).chain(self.patches.iter().map(PathBuf::as_path)) {
            println!("cargo::rerun-if-changed={}", file.display());
        }
        let diagnostics = match self.write(path) {
            Ok(generated) => generated.diagnostics,
            Err(diagnostics) => diagnostics,
        };
        for diagnostic in &diagnostics {
            let kind = if diagnostic.level == Level::Error { "error" } else { "warning" };
            println!("cargo::{kind}={diagnostic}");
        }
        if diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
            std::process::exit(1);
        }
    }

    /// Generates the client of a document, and writes `NAME.rs` and `NAME.openapi`, where `NAME` is that of the file.
    ///
    /// # Errors
    ///
    /// The diagnostics, if one of them is an error.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<Generated, Vec<Diagnostic>> {
        let path = path.as_ref();
        let generated = self.generate(path);
        let Some(code) = &generated.code else { return Err(generated.diagnostics) };
        let fail = |file: &Path, message: &str| {
            let report = Report::new(&file.display().to_string());
            report.error(At::default(), message);
            report.diagnostics(false)
        };
        let folder = self.out_dir.clone().or_else(|| std::env::var_os("OUT_DIR").map(PathBuf::from));
        let Some(folder) = folder else {
            return Err(fail(
                path,
                "OUT_DIR is not set; call this from a build script, or set the folder with out_dir",
            ));
        };
        let Some(name) = path.file_stem() else { return Err(fail(path, "this is not the path of a file; write one")) };
        for (extension, text) in [("rs", code), ("openapi", &generated.document)] {
            let file = folder.join(name).with_extension(extension);
            fs::write(&file, text).map_err(|error| fail(&file, &format!("cannot be written ({error})")))?;
        }
        Ok(generated)
    }

    /// Generates the client of a document, and writes nothing.
    pub fn generate(&self, path: impl AsRef<Path>) -> Generated {
        let name = path.as_ref().display().to_string();
        let report = Report::new(&name);
        let text = read(path.as_ref(), 0, &report);
        self.finish(text, &report)
    }

    /// Generates the client of a document that is not in a file. Diagnostics call it `name`.
    #[must_use]
    pub fn generate_from_str(&self, name: &str, text: &str) -> Generated {
        self.finish(Some(text.to_owned()), &Report::new(name))
    }

    fn finish(&self, text: Option<String>, report: &Report) -> Generated {
        let mut spec = Spec::default();
        let (code, document) = self.code(text, &mut spec, report).unwrap_or_default();
        let mut diagnostics = report.diagnostics(self.verbose);
        if self.strict {
            for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.level == Level::Warning) {
                diagnostic.level = Level::Error;
            }
            diagnostics.sort();
        }
        let is_wrong = diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error);
        let operations = if is_wrong { 0 } else { spec.operations.len() };
        Generated {
            code: code.filter(|_| !is_wrong),
            document,
            diagnostics,
            operations,
            left_out: spec.documented_operations.saturating_sub(operations),
        }
    }

    /// The code, if there is any, and the document.
    fn code(&self, text: Option<String>, spec: &mut Spec, report: &Report) -> Option<(Option<String>, String)> {
        let mut text = text?;
        let mut root = parse(&text, 0, report)?;
        if !self.patches.is_empty() {
            self.patch(&mut root, report)?;
            text = serde_json::to_string_pretty(&root.to_json()).unwrap_or_default();
        }
        spec.raw = root;
        rules::apply(spec, report);
        if report.has_errors() {
            return Some((None, text));
        }
        let code = output::code(spec, &self.krate, report)?;
        let file = report.file();
        let name = Path::new(&file).file_name().unwrap_or_default();
        let banner = format!(
            "// @generated by secmaster-client-codegen from {}; change the document, not this.\n\n",
            name.display()
        );
        Some((Some(banner + &code), text))
    }

    fn patch(&self, root: &mut Node, report: &Report) -> Option<()> {
        for path in &self.patches {
            let file = report.add_file(&path.display().to_string());
            let text = read(path, file, report)?;
            patch::merge(root, parse(&text, file, report)?);
        }
        Some(())
    }
}

/// Reads a file. None if it cannot be read, which is then in the report.
fn read(path: &Path, file: usize, report: &Report) -> Option<String> {
    let at = At { file, line: 0 };
    let size = fs::metadata(path).map(|metadata| metadata.len()).unwrap_or_default();
    if size > LARGEST {
        report.error(at, format!("the file has {size} bytes, which is more than an OpenAPI document has; split it"));
        return None;
    }
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            report.error(at, format!("cannot be read ({error}); put the OpenAPI document there"));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.split(|&byte| byte == b'\n').count();
            report.error(At { file, line }, "this is not UTF-8; save the file as UTF-8");
            None
        }
    }
}
