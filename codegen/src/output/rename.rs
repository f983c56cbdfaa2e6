//! Points generated code to the runtime of secmaster-client, token by token.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// Replaces `progenitor_client::` and `reqwest::` by paths of the runtime, and `Error<()>` by `Error`, since the runtime has one
/// error. The builders in `optional` start with a body that is left out. `appended` is code for the module of the builders, which
/// reads their fields.
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
    let parse = |text: String| text.parse::<TokenStream>().map_err(|_| format!("{krate} is not the path of a crate"));
    let mut walk = Walk {
        runtime: parse(format!("{krate}::runtime"))?,
        http: parse(format!("{krate}::runtime::http"))?,
        hidden: parse("#[doc(hidden)]".to_owned())?,
        empty: parse("Ok(::std::default::Default::default())".to_owned())?,
        appended: parse(appended.to_owned())?,
        optional,
        bodies: 0,
        is_optional: false,
        paths: 0,
        errors: 0,
        other: None,
    };
    let code = walk.group(code);
    let code = without_debug(code)?;
    match walk.other {
        Some(other) => Err(format!("it has an Error{other}...")),
        None if walk.paths == 0 || walk.errors == 0 => Err("it names no progenitor_client".to_owned()),
        None if walk.bodies != optional.len() => Err("its bodies are not initialized as expected".to_owned()),
        None => Ok(code),
    }
}

struct Walk<'a> {
    runtime: TokenStream,
    http: TokenStream,
    hidden: TokenStream,
    empty: TokenStream,
    appended: TokenStream,
    optional: &'a BTreeSet<String>,
    bodies: usize,
    /// Whether this is the code of a builder whose body may be left out.
    is_optional: bool,
    paths: usize,
    errors: usize,
    other: Option<String>,
}

impl Walk<'_> {
    fn group(&mut self, code: TokenStream) -> TokenStream {
        let mut out: Vec<TokenTree> = Vec::new();
        let mut tokens = code.into_iter().peekable();
        while let Some(token) = tokens.next() {
            let next = match tokens.peek() {
                Some(TokenTree::Punct(punct)) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint => "::",
                Some(TokenTree::Punct(punct)) if punct.as_char() == '<' => "<",
                Some(TokenTree::Ident(name)) if name == "fn" => "fn",
                Some(TokenTree::Group(group)) if self.is_optional && is_missing_body(group) => "(body)",
                _ => "",
            };
            match token {
                // The types name no runtime, and are most of the code.
                TokenTree::Group(group) if is_module(&out, "types") => out.push(group.into()),
                TokenTree::Group(group) => {
                    let outer = self.is_optional;
                    self.is_optional |= group.delimiter() == Delimiter::Brace && self.begins_optional(&out);
                    let mut code = self.group(group.stream());
                    if is_module(&out, "builder") {
                        code.extend(self.appended.clone());
                    }
                    let mut renamed = Group::new(group.delimiter(), code);
                    renamed.set_span(group.span());
                    self.is_optional = outer;
                    out.push(renamed.into());
                }
                TokenTree::Ident(name) if next == "::" && name == "progenitor_client" => {
                    self.paths += 1;
                    leave_out_colons(&mut out);
                    out.extend(self.runtime.clone());
                }
                // As users know it.
                TokenTree::Ident(name) if name == "ResponseValue" => {
                    out.push(proc_macro2::Ident::new("Response", name.span()).into());
                }
                TokenTree::Ident(name) if next == "::" && name == "reqwest" => {
                    leave_out_colons(&mut out);
                    out.extend(self.http.clone());
                }
                TokenTree::Ident(name) if next == "(body)" && name == "Err" && self.is_optional => {
                    tokens.next();
                    self.bodies += 1;
                    out.extend(self.empty.clone());
                }
                TokenTree::Ident(name) if next == "fn" && name == "pub" && is_constructor(tokens.clone()) => {
                    // The constructors of the client take what only the runtime makes.
                    out.extend(self.hidden.clone());
                    out.push(name.into());
                }
                TokenTree::Ident(name) if next == "<" && name == "Error" => {
                    self.errors += 1;
                    out.push(name.into());
                    let arguments: String = tokens.by_ref().take(3).map(|token| token.to_string()).collect();
                    self.other = self.other.take().or_else(|| (arguments != "<()>").then_some(arguments));
                }
                other => out.push(other),
            }
        }
        out.into_iter().collect()
    }

    /// Whether what stands before a group is `impl<'a> NAME<'a>` of a builder with an optional body.
    fn begins_optional(&self, out: &[TokenTree]) -> bool {
        // `impl < ' a > NAME < ' a >`
        let [.., TokenTree::Ident(first), _, _, _, _, TokenTree::Ident(name), _, _, _, TokenTree::Punct(last)] = out
        else {
            return false;
        };
        first == "impl" && last.as_char() == '>' && self.optional.contains(&name.to_string())
    }
}

/// Leaves `Debug` of the client to the runtime, which shows what the client sends to.
fn without_debug(code: TokenStream) -> Result<TokenStream, String> {
    let mut found = 0;
    let derive = "derive(Clone)".parse::<TokenStream>().map_err(|error| error.to_string())?;
    let tokens = code.into_iter().map(|token| match token {
        TokenTree::Group(group) if group.stream().to_string().replace(' ', "") == "derive(Clone,Debug)" => {
            found += 1;
            Group::new(group.delimiter(), derive.clone()).into()
        }
        other => other,
    });
    let code = tokens.collect();
    if found == 1 { Ok(code) } else { Err("its client does not derive Clone and Debug alone".to_owned()) }
}

/// Whether what stands before a group is `mod` with this name.
fn is_module(out: &[TokenTree], module: &str) -> bool {
    matches!(out, [.., TokenTree::Ident(word), TokenTree::Ident(name)] if word == "mod" && name == module)
}

/// Takes away the two colons before a path that had them.
fn leave_out_colons(out: &mut Vec<TokenTree>) {
    let is_rooted = matches!(out.as_slice(), [.., TokenTree::Punct(first), TokenTree::Punct(second)]
        if first.as_char() == ':' && first.spacing() == Spacing::Joint && second.as_char() == ':');
    if is_rooted {
        out.truncate(out.len() - 2);
    }
}

/// Whether these are the arguments of an error about a body that was not set.
fn is_missing_body(group: &Group) -> bool {
    let first = group.stream().into_iter().next();
    first.is_some_and(|token| token.to_string() == "\"body was not initialized\"")
}

/// Whether the constructor of a client or of an operation's builder follows.
fn is_constructor(tokens: impl Iterator<Item = TokenTree>) -> bool {
    let words: Vec<String> = tokens.take(3).map(|token| token.to_string()).collect();
    matches!(words.as_slice(), [_, name, arguments] if (name == "new" || name == "new_with_client") && (arguments.starts_with("(baseurl") || arguments.starts_with("(client")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed assumption of a test is a panic")]
mod tests;
