//! Replaces references to progenitor's runtime by the runtime of secmaster-client, token by token.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Literal, Spacing, TokenStream, TokenTree};

use crate::rules::parameter_names::wire_name;
use crate::rules::project_id::{MARK, SEGMENT};

/// Tokens of the generator and their replacements. `::` is the first of two colons, and `RUNTIME` the path of the
/// runtime.
///
/// The runtime has a single error type and the type `Response`, constructs the clients, and implements their `Debug`.
const REPLACED: [(&[&str], &str); 9] = [
    (&["::", ":", "progenitor_client", "::", ":"], "RUNTIME::"),
    (&["progenitor_client", "::", ":"], "RUNTIME::"),
    (&["::", ":", "reqwest", "::", ":"], "RUNTIME::http::"),
    (&["reqwest", "::", ":"], "RUNTIME::http::"),
    (&["ResponseValue"], "Response"),
    (&["Error", "<", "()", ">"], "Error"),
    (&["derive", "(Clone,Debug)"], "derive(Clone)"),
    (&["pub", "fn", "new"], "#[doc(hidden)] pub fn new"),
    (&["pub", "fn", "new_with_client"], "#[doc(hidden)] pub fn new_with_client"),
];

/// The initial value of a required body, and of an optional one.
const REQUIRED_BODY: [&str; 2] = ["Err", "(\"body was not initialized\".to_string())"];
const UNSET_BODY: &str = "Ok(::std::default::Default::default())";

/// Replaces what the generated code calls by items of the runtime. The body of each builder in `optional` is initially
/// unset. `appended` is code for the module of the builders, which accesses their fields.
///
/// # Errors
///
/// If the generated code has an unexpected form.
pub(crate) fn rename(
    code: TokenStream,
    krate: &str,
    optional: &BTreeSet<String>,
    appended: &str,
) -> Result<TokenStream, String> {
    let parse = |text: &str| {
        let text = text.replace("RUNTIME", &format!("{krate}::runtime"));
        text.parse::<TokenStream>().map_err(|_| format!("{krate} is not the path of a crate"))
    };
    let replaced = REPLACED.iter().map(|(from, to)| Ok((*from, parse(to)?, 0))).collect::<Result<_, String>>()?;
    let mut walk = Walk {
        replaced,
        left_out: parse(UNSET_BODY)?,
        appended: parse(appended)?,
        optional,
        bodies: 0,
        is_optional: false,
        has_other_error: false,
    };
    let code = walk.stream(code);
    // Some names also occur without the leading colons.
    if let Some((from, ..)) = walk.replaced.iter().find(|(from, _, count)| *count == 0 && from[0] != "::") {
        return Err(format!("it has no {}", from.concat()));
    }
    if walk.has_other_error {
        return Err("it has custom error types".to_owned());
    }
    if walk.bodies != optional.len() {
        return Err("its bodies are not initialized as expected".to_owned());
    }
    Ok(code)
}

struct Walk<'a> {
    /// The replacements, and how often each was applied.
    replaced: Vec<(&'a [&'a str], TokenStream, usize)>,
    left_out: TokenStream,
    appended: TokenStream,
    optional: &'a BTreeSet<String>,
    /// The number of optional bodies.
    bodies: usize,
    /// Whether this is the code of a builder with an optional body.
    is_optional: bool,
    has_other_error: bool,
}

impl Walk<'_> {
    fn stream(&mut self, code: TokenStream) -> TokenStream {
        let tokens: Vec<TokenTree> = code.into_iter().collect();
        let mut out = TokenStream::new();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            let rest = &tokens[index..];
            if self.is_optional && begins(rest, &REQUIRED_BODY) {
                self.bodies += 1;
                out.extend(self.left_out.clone());
                index += REQUIRED_BODY.len();
            } else if let Some((from, to, count)) = self.replaced.iter_mut().find(|(from, ..)| begins(rest, from)) {
                *count += 1;
                out.extend(to.clone());
                index += from.len();
            } else {
                self.has_other_error |= begins(rest, &["Error", "<"]);
                out.extend([self.token(token, &tokens[..index])]);
                index += 1;
            }
        }
        out
    }

    fn token(&mut self, token: &TokenTree, before: &[TokenTree]) -> TokenTree {
        match token {
            // The types do not reference the runtime, and are most of the code.
            TokenTree::Group(group) if !ends(before, &["mod", "types"]) => {
                let outer = self.is_optional;
                self.is_optional |= group.delimiter() == Delimiter::Brace && self.is_optional_builder(before);
                let mut code = self.stream(group.stream());
                self.is_optional = outer;
                if ends(before, &["mod", "builder"]) {
                    code.extend(self.appended.clone());
                }
                let mut renamed = Group::new(group.delimiter(), code);
                renamed.set_span(group.span());
                renamed.into()
            }
            TokenTree::Literal(literal) => {
                let text = string(&literal.to_string());
                text.and_then(|text| Some(text.parse::<Literal>().ok()?.into())).unwrap_or(token.clone())
            }
            _ => token.clone(),
        }
    }

    /// Whether the tokens before a group are `impl<'a> NAME<'a>` of a builder with an optional body.
    fn is_optional_builder(&self, before: &[TokenTree]) -> bool {
        let name = before.len().checked_sub(5).and_then(|index| before.get(index));
        ends(before, &["<", "'", "a", ">"]) && name.is_some_and(|name| self.optional.contains(&name.to_string()))
    }
}

/// Converts a string in the code: the documentation shows the path of the document, and examples that cannot run are
/// not tested.
fn string(literal: &str) -> Option<String> {
    if literal.contains("` request to `") {
        Some(literal.replace(MARK, SEGMENT).replace("```ignore", "```text"))
    } else {
        wire_name(literal)
    }
}

fn begins(tokens: &[TokenTree], pattern: &[&str]) -> bool {
    tokens.len() >= pattern.len() && tokens.iter().zip(pattern).all(|(token, text)| is(token, text))
}

fn ends(tokens: &[TokenTree], pattern: &[&str]) -> bool {
    tokens.len().checked_sub(pattern.len()).is_some_and(|start| begins(&tokens[start..], pattern))
}

fn is(token: &TokenTree, text: &str) -> bool {
    match token {
        TokenTree::Ident(name) => name == text,
        // The first of two colons.
        TokenTree::Punct(punct) if text == "::" => punct.as_char() == ':' && punct.spacing() == Spacing::Joint,
        TokenTree::Punct(punct) => text.chars().eq([punct.as_char()]),
        TokenTree::Group(group) => text.starts_with('(') && group.to_string().replace(' ', "") == text.replace(' ', ""),
        TokenTree::Literal(_) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests may panic")]
mod tests;
