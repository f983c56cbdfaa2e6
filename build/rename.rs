//! Points generated code to this crate's runtime, token by token.

use proc_macro2::{Group, Ident, Literal, Spacing, TokenStream, TokenTree};

use super::prepare::PROJECT_ID;

/// The code after renaming, and what it sends.
pub struct Renamed {
    pub code: TokenStream,
    /// In the order of the code.
    pub sends: Vec<Send>,
}

/// A generated method `send`.
pub struct Send {
    /// The name of the method of the client.
    pub function: String,
    /// Whether a success is handed to the caller unread.
    pub streamed: bool,
}

/// Replaces `progenitor_client` by the runtime, `reqwest` by the runtime's description of requests, and `Error<()>` by `Error`, since
/// the runtime has one error for all operations.
///
/// # Errors
///
/// Returns what is unknown if the generator writes another form of code.
pub fn rename(code: TokenStream, runtime: &str) -> Result<Renamed, String> {
    let parse = |path: &str| path.parse::<TokenStream>().map_err(|error| format!("{path} is not a path: {error}"));
    let mut walk = Walk {
        runtime: parse(runtime)?,
        http: parse(&format!("{runtime}::http"))?,
        paths: 0,
        errors: 0,
        unknown_error: None,
        sends: Vec::new(),
    };
    let code = walk.group(code)?;
    if let Some(argument) = walk.unknown_error {
        return Err(format!("it writes an Error<{argument}>"));
    }
    if walk.paths == 0 {
        return Err("it does not name progenitor_client".to_owned());
    }
    if walk.errors < walk.sends.len() {
        return Err("it does not return Error<()> from send()".to_owned());
    }
    Ok(Renamed { code, sends: walk.sends })
}

struct Walk {
    runtime: TokenStream,
    http: TokenStream,
    paths: usize,
    errors: usize,
    unknown_error: Option<String>,
    sends: Vec<Send>,
}

impl Walk {
    fn group(&mut self, code: TokenStream) -> Result<TokenStream, String> {
        let tokens: Vec<TokenTree> = code.into_iter().collect();
        let mut out: Vec<TokenTree> = Vec::with_capacity(tokens.len());
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            index += 1;
            let rest = &tokens[index..];
            match token {
                TokenTree::Group(group) => {
                    let inner = self.group(group.stream())?;
                    out.push(Group::new(group.delimiter(), inner).into());
                }
                TokenTree::Ident(name) if name == "progenitor_client" && starts_with_colons(rest) => {
                    self.paths += 1;
                    replace_path(&mut out, &self.runtime);
                }
                TokenTree::Ident(name) if name == "reqwest" && starts_with_colons(rest) => {
                    replace_path(&mut out, &self.http);
                }
                TokenTree::Ident(name) if name == "Error" && is_punct(rest.first(), '<') => {
                    out.push(name.clone().into());
                    let argument: TokenStream =
                        rest[1..].iter().take_while(|token| !is_punct(Some(token), '>')).cloned().collect();
                    if argument.to_string() == "()" {
                        self.errors += 1;
                        index += 3;
                    } else {
                        self.unknown_error.get_or_insert_with(|| argument.to_string());
                    }
                }
                TokenTree::Ident(name) if name == "doc" && is_punct(rest.first(), '=') => {
                    out.push(name.clone().into());
                    if let [equals, TokenTree::Literal(text), ..] = rest {
                        out.extend([equals.clone(), in_braces(text)?.into()]);
                        index += 2;
                    }
                }
                TokenTree::Ident(name) => {
                    self.note(name, rest)?;
                    if name == "pub" && is_constructor(rest) {
                        out.extend("#[doc(hidden)]".parse::<TokenStream>().map_err(|error| error.to_string())?);
                    }
                    out.push(name.clone().into());
                }
                other => out.push(other.clone()),
            }
        }
        Ok(out.into_iter().collect())
    }

    /// Notes what a `send` sends, and how it reads a success.
    fn note(&mut self, name: &Ident, rest: &[TokenTree]) -> Result<(), String> {
        if name == "operation_id" {
            if let [colon, TokenTree::Literal(function), ..] = rest
                && is_punct(Some(colon), ':')
            {
                let function = function.to_string().trim_matches('"').to_owned();
                self.sends.push(Send { function, streamed: false });
            }
        } else if name == "ResponseValue"
            && let [_, _, TokenTree::Ident(constructor), ..] = rest
            && starts_with_colons(rest)
            && constructor == "stream"
        {
            self.sends.last_mut().ok_or("it reads a response before it sends a request")?.streamed = true;
        }
        Ok(())
    }
}

/// Appends a path in place of the name that follows. What was `::name` has its colons already.
fn replace_path(out: &mut Vec<TokenTree>, path: &TokenStream) {
    if let [.., first, second] = &out[..]
        && is_colons(first, second)
    {
        out.truncate(out.len() - 2);
    }
    out.extend(path.clone());
}

fn starts_with_colons(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [first, second, ..] if is_colons(first, second))
}

/// Whether two tokens are `::`, and not the colons of `x: ::y`.
fn is_colons(first: &TokenTree, second: &TokenTree) -> bool {
    matches!(first, TokenTree::Punct(punct) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint)
        && is_punct(Some(second), ':')
}

fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

/// Whether `pub` is followed by `fn new` or `fn new_with_client`, which users do not need.
fn is_constructor(rest: &[TokenTree]) -> bool {
    matches!(rest, [TokenTree::Ident(keyword), TokenTree::Ident(name), ..] if keyword == "fn" && (name == "new" || name == "new_with_client"))
}

/// The text of a doc comment with the path template as the document writes it.
fn in_braces(text: &Literal) -> Result<Literal, String> {
    let written = text.to_string();
    if !written.contains(PROJECT_ID) {
        return Ok(text.clone());
    }
    written.replace(PROJECT_ID, "{project_id}").parse().map_err(|error| format!("{written} is not a literal: {error}"))
}
