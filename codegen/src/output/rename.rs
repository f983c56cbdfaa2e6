//! Points generated code to the runtime of secmaster-client, token by token.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Literal, Spacing, TokenStream, TokenTree};

use crate::rules::parameter_names::wire_name;
use crate::rules::project_id::MARK;

/// Tokens of the generator, and what stands in their place. `::` is the first of two colons, and `RUNTIME` the path of the runtime.
///
/// The runtime has one error, calls a response as users know it, and is what makes clients and shows their fields.
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

/// How a builder starts with a body that has to be set, and with one that may be left out.
const DEMANDED: [&str; 2] = ["Err", "(\"body was not initialized\".to_string())"];
const LEFT_OUT: &str = "Ok(::std::default::Default::default())";

/// Replaces what the generator calls by what the runtime has. The builders in `optional` start with a body that is left out.
/// `appended` is code for the module of the builders, which reads their fields.
///
/// # Errors
///
/// If the generator writes code of another form.
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
        left_out: parse(LEFT_OUT)?,
        appended: parse(appended)?,
        optional,
        bodies: 0,
        is_optional: false,
        has_other_error: false,
    };
    let code = walk.stream(code);
    // What is written with colons before it is also written without.
    if let Some((from, ..)) = walk.replaced.iter().find(|(from, _, count)| *count == 0 && from[0] != "::") {
        return Err(format!("it has no {}", from.concat()));
    }
    if walk.has_other_error {
        return Err("its errors have types of their own".to_owned());
    }
    if walk.bodies != optional.len() {
        return Err("its bodies are not initialized as expected".to_owned());
    }
    Ok(code)
}

struct Walk<'a> {
    /// What is replaced by what, and how often it was.
    replaced: Vec<(&'a [&'a str], TokenStream, usize)>,
    left_out: TokenStream,
    appended: TokenStream,
    optional: &'a BTreeSet<String>,
    /// The number of bodies that may be left out.
    bodies: usize,
    /// Whether this is the code of a builder whose body may be left out.
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
            if self.is_optional && begins(rest, &DEMANDED) {
                self.bodies += 1;
                out.extend(self.left_out.clone());
                index += DEMANDED.len();
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
            // The types name no runtime, and are most of the code.
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

    /// Whether what stands before a group is `impl<'a> NAME<'a>` of a builder with an optional body.
    fn is_optional_builder(&self, before: &[TokenTree]) -> bool {
        let name = before.len().checked_sub(5).and_then(|index| before.get(index));
        ends(before, &["<", "'", "a", ">"]) && name.is_some_and(|name| self.optional.contains(&name.to_string()))
    }
}

/// What a string of the code becomes: the documentation shows the path as the document has it, and examples that cannot run are no
/// tests.
fn string(literal: &str) -> Option<String> {
    if literal.contains("` request to `") {
        Some(literal.replace(MARK, "{project_id}").replace("```ignore", "```text"))
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
        // The first of two colons, which a second one follows.
        TokenTree::Punct(punct) if text == "::" => punct.as_char() == ':' && punct.spacing() == Spacing::Joint,
        TokenTree::Punct(punct) => text.chars().eq([punct.as_char()]),
        TokenTree::Group(group) => text.starts_with('(') && group.to_string().replace(' ', "") == text.replace(' ', ""),
        TokenTree::Literal(_) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed assumption of a test is a panic")]
mod tests;
