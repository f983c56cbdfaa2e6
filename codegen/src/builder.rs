//! The options of the generator, and its steps from a file to code.

use std::fs;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Level, Report};
use crate::document::node::At;
use crate::document::{parse, patch};
use crate::spec::model::Spec;
use crate::{output, rules};

/// The maximum file size. OpenAPI documents are smaller.
const LARGEST: u64 = 64 << 20;

/// Generates a client from an OpenAPI document.
///
/// ```no_run
/// // build.rs
/// secmaster_client_codegen::Builder::new()
///     .merge_patch("openapi/ecs.fixes.yaml")
///     .compile("openapi/ecs.json");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Builder {
    patches: Vec<PathBuf>,
    strict: bool,
    verbose: bool,
    krate: Option<String>,
    out_dir: Option<PathBuf>,
}

/// The result of generating a client.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Generated {
    /// The code. None if there are errors.
    pub code: Option<String>,
    /// The document as a string: the content of the file, or the patched document as JSON.
    pub document: String,
    /// The diagnostics, errors first.
    pub diagnostics: Vec<Diagnostic>,
    /// The number of operations in the client.
    pub operations: usize,
    /// The number of operations in the document that are not in the client.
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
    /// Creates a builder with the defaults: no patches, not strict, code for a crate that depends on
    /// `secmaster-client`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a JSON merge patch (RFC 7396), in YAML or JSON, that is applied before the document is checked. Patches are
    /// applied in order.
    #[must_use]
    pub fn merge_patch(mut self, path: impl Into<PathBuf>) -> Self {
        self.patches.push(path.into());
        self
    }

    /// Treats warnings as errors. The default is `false`.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Lists every location of a summary. The default is `false`.
    #[must_use]
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
        self
    }

    /// Sets the output folder. The default is `OUT_DIR`, which cargo sets for build scripts.
    #[must_use]
    pub fn out_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(path.into());
        self
    }

    /// Sets the path of the crate that contains the runtime. Inside that crate it is `crate`.
    #[doc(hidden)]
    #[must_use]
    pub fn runtime_crate(mut self, path: &str) -> Self {
        self.krate = Some(path.to_owned());
        self
    }

    /// Generates a client in a build script: writes `NAME.rs` and `NAME.openapi`, prints the diagnostics for cargo, and
    /// exits the process if an error occurred.
    #[allow(clippy::print_stdout, reason = "cargo reads build script instructions from standard output")]
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

    /// Generates a client, and writes `NAME.rs` and `NAME.openapi`, where `NAME` is the file name of the document
    /// without its extension.
    ///
    /// # Errors
    ///
    /// Returns the diagnostics if one of them is an error.
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
        let no_folder = "OUT_DIR is not set; call this from a build script, or set the folder with out_dir";
        let folder = folder.ok_or_else(|| fail(path, no_folder))?;
        let name = path.file_stem().ok_or_else(|| fail(path, "this is not the path of a file"))?;
        for (extension, content) in [("rs", code), ("openapi", &generated.document)] {
            let file = folder.join(format!("{}.{extension}", name.display()));
            fs::write(&file, content).map_err(|error| fail(&file, &format!("cannot be written ({error})")))?;
        }
        Ok(generated)
    }

    /// Generates a client without writing files.
    pub fn generate(&self, path: impl AsRef<Path>) -> Generated {
        let report = Report::new(&path.as_ref().display().to_string());
        let document = read(path.as_ref(), 0, &report);
        self.finish(document, &report)
    }

    /// Generates a client from a string. Diagnostics use `name` as the file name.
    #[must_use]
    pub fn generate_from_str(&self, name: &str, document: &str) -> Generated {
        self.finish(Some(document.to_owned()), &Report::new(name))
    }

    fn finish(&self, mut document: Option<String>, report: &Report) -> Generated {
        let mut spec = Spec::default();
        let code = document.as_mut().and_then(|document| self.code(document, &mut spec, report));
        let mut diagnostics = report.diagnostics(self.verbose);
        if self.strict {
            let warnings = diagnostics.iter_mut().filter(|diagnostic| diagnostic.level == Level::Warning);
            warnings.for_each(|diagnostic| diagnostic.level = Level::Error);
            diagnostics.sort();
        }
        let code = code.filter(|_| diagnostics.iter().all(|diagnostic| diagnostic.level != Level::Error));
        let operations = if code.is_some() { spec.operations.len() } else { 0 };
        let left_out = spec.documented_operations.saturating_sub(operations);
        Generated { code, document: document.unwrap_or_default(), diagnostics, operations, left_out }
    }

    /// Returns the code, unless an error was reported. Applies the patches to the document.
    fn code(&self, document: &mut String, spec: &mut Spec, report: &Report) -> Option<String> {
        spec.raw = parse(document, 0, report)?;
        for path in &self.patches {
            let file = report.add_file(&path.display().to_string());
            let patch = parse(&read(path, file, report)?, file, report)?;
            if patch.entries().is_none() {
                report.error(patch.at, format!("the merge patch is {}; {}", patch.describe(), patch::ADVICE));
                return None;
            }
            patch::merge(&mut spec.raw, patch);
        }
        if !self.patches.is_empty() {
            *document = serde_json::to_string_pretty(&spec.raw.to_json()).unwrap_or_default();
        }
        rules::apply(spec, report);
        if report.has_errors() {
            return None;
        }
        let file = report.file();
        let name = Path::new(&file).file_name().unwrap_or_default().display();
        let banner =
            format!("// @generated by secmaster-client-codegen from {name}; edit the OpenAPI document instead.\n\n");
        let krate = self.krate.as_deref().unwrap_or("::secmaster_client");
        Some(banner + &output::code(spec, krate, report)?)
    }
}

/// Reads a file. None if an error was reported.
fn read(path: &Path, file: usize, report: &Report) -> Option<String> {
    let fail = |line, message: String| {
        report.error(At { line, ..At::file(file) }, message);
        None
    };
    let size = fs::metadata(path).map(|metadata| metadata.len()).unwrap_or_default();
    if size > LARGEST {
        return fail(0, format!("the file is too large ({size} bytes); split it"));
    }
    match fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => Some(text),
        Ok(Err(error)) => {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.split(|&byte| byte == b'\n').count();
            fail(line, "this is not UTF-8; save the file as UTF-8".to_owned())
        }
        Err(error) => fail(0, format!("cannot be read ({error}); put the OpenAPI document there")),
    }
}
