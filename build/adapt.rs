//! Adapts the code that progenitor writes, where it does for every request what the contract does not ask for.
//!
//! Each step looks for the one form that the generator gives it. A generator that writes another is told of when the crate is built.

use quote::ToTokens;
use syn::parse::Parser as _;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Block, Expr, ExprCall, ExprField, ExprLit, Ident, ImplItem, Item, ItemUse, Lit, Local, Member, Pat, Stmt,
    Token, UseTree, parse_quote,
};

/// The version of progenitor whose code has these forms.
pub const KNOWN: &str = "0.15.1";

/// Adapts the code of a whole document.
///
/// # Errors
///
/// Where the generator no longer writes what is looked for: what that is.
pub fn adapt(file: &mut syn::File) -> Result<(), String> {
    encode_as_this_crate_does(file)?;
    for builder in builders(file) {
        let unset = begin_without_texts(method(builder, "new")?)?;
        let send = method(builder, "send")?;
        for name in unset {
            tell_what_is_not_set(send, &name)?;
        }
        take_out_the_version(send)?;
        let client = address(send)?;
        answer(send, client)?;
    }
    Ok(())
}

/// Gives the code what encodes path parameters in this crate: the function of the generator leaves out a backslash, which web
/// addresses take for a slash.
///
/// It has the name of that function, under which the builders import it.
fn encode_as_this_crate_does(file: &mut syn::File) -> Result<(), String> {
    let theirs = file.items.iter_mut().find_map(|item| match item {
        Item::Use(ItemUse { tree: UseTree::Path(path), .. }) if path.ident == "progenitor_client" => {
            match &mut *path.tree {
                UseTree::Group(group) if group.items.iter().any(is_encode_path) => Some(&mut group.items),
                _ => None,
            }
        }
        _ => None,
    });
    let theirs = theirs.ok_or("it does not import what encodes path parameters any more")?;
    *theirs = std::mem::take(theirs).into_iter().filter(|name| !is_encode_path(name)).collect();
    file.items.insert(
        0,
        parse_quote!(
            #[allow(unused_imports)]
            use crate::path::EncodePath as encode_path;
        ),
    );
    Ok(())
}

fn is_encode_path(tree: &UseTree) -> bool {
    matches!(tree, UseTree::Name(name) if name.ident == "encode_path")
}

/// The methods of each request's builder.
fn builders(file: &mut syn::File) -> impl Iterator<Item = &mut Vec<ImplItem>> {
    let builders = file.items.iter_mut().filter_map(|item| match item {
        Item::Mod(module) if module.ident == "builder" => module.content.as_mut().map(|(_, items)| items),
        _ => None,
    });
    builders.flatten().filter_map(|item| match item {
        Item::Impl(item) => Some(&mut item.items),
        _ => None,
    })
}

fn method<'a>(builder: &'a mut [ImplItem], name: &str) -> Result<&'a mut Block, String> {
    let block = builder.iter_mut().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == name => Some(&mut function.block),
        _ => None,
    });
    block.ok_or_else(|| format!("a builder of its requests has no method {name}"))
}

/// Lets a builder begin with an empty text for each parameter that has no value yet, where the generator writes one that says so,
/// which is in most cases thrown away. The result are the names of these parameters.
fn begin_without_texts(new: &mut Block) -> Result<Vec<Ident>, String> {
    const OTHER: &str = "it does not begin a builder as it did";
    let Some(Stmt::Expr(Expr::Struct(builder), None)) = new.stmts.last_mut() else { return Err(OTHER.to_owned()) };
    let mut unset = Vec::new();
    for field in &mut builder.fields {
        match (&field.member, &*text(&field.expr)) {
            (Member::Named(name), value) if value.starts_with("Err (") => unset.push(name.clone()),
            // The client, and parameters that a request can do without.
            (_, value) if value.starts_with("Ok (") || matches!(field.expr, Expr::Path(_)) => continue,
            _ => return Err(OTHER.to_owned()),
        }
        field.expr = parse_quote!(Err(String::new()));
    }
    Ok(unset)
}

/// Makes the error of a parameter without a value from its name.
fn tell_what_is_not_set(send: &mut Block, name: &Ident) -> Result<(), String> {
    let error = send.stmts.iter_mut().find_map(|statement| match statement {
        Stmt::Local(Local { pat: Pat::Ident(pat), init: Some(init), .. }) if pat.ident == *name => {
            match &mut *init.expr {
                Expr::Try(call) => match &mut *call.expr {
                    Expr::MethodCall(call) if call.method == "map_err" => call.args.first_mut(),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    });
    let method = name.to_string();
    *error.ok_or_else(|| format!("it does not ask for the parameter {name} as it did"))? =
        parse_quote!(|text| crate::call::not_set(#method, text));
    Ok(())
}

/// Takes out the header `api-version`, which the contract does not know.
fn take_out_the_version(send: &mut Block) -> Result<(), String> {
    let before = send.stmts.len();
    send.stmts.retain(|statement| match statement {
        Stmt::Expr(Expr::MethodCall(call), _) => {
            let [_, value] = &call.args.iter().collect::<Vec<_>>()[..] else { return true };
            !text(value).contains(":: api_version ()")
        }
        _ => true,
    });
    if send.stmts.len() + 1 != before {
        return Err("it does not add the header api-version as it did".to_owned());
    }
    // Its place in the map goes as well, so that an empty map needs no memory.
    let headers = beginnings(send).find(|value| text(value).contains(":: HeaderMap :: with_capacity ("));
    *headers.ok_or("it does not collect headers as it did")? = parse_quote!(::reqwest::header::HeaderMap::new());
    Ok(())
}

/// Makes the address out of the endpoint's, which has been read once, and encodes the parameters without a copy of each.
///
/// The result is what the code calls the client.
fn address(send: &mut Block) -> Result<Expr, String> {
    let adapted = beginnings(send).find_map(|value| {
        let Expr::Macro(format) = &*value else { return None };
        let parts = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(format.mac.tokens.clone()).ok()?;
        let mut parts = parts.into_iter();
        let Some(Expr::Lit(ExprLit { lit: Lit::Str(template), .. })) = parts.next() else { return None };
        let Some(Expr::Field(ExprField { base: client, .. })) = parts.next() else { return None };
        let path = template.value().strip_prefix("{}")?.to_owned();
        let parameters = parts.map(without_copy).collect::<Option<Vec<Expr>>>()?;
        *value = parse_quote!(#client.inner.address(&format!(#path, #(#parameters),*)));
        Some(*client)
    });
    adapted.ok_or_else(|| "it does not make the address as it did".to_owned())
}

/// `x.encode_path()` for `encode_path(&x.to_string())`.
fn without_copy(parameter: Expr) -> Option<Expr> {
    let Expr::Call(ExprCall { args, .. }) = parameter else { return None };
    let Some(Expr::Reference(reference)) = args.first() else { return None };
    let Expr::MethodCall(copy) = &*reference.expr else { return None };
    let value = &copy.receiver;
    Some(parse_quote!(#value.encode_path()))
}

/// Makes the code take an answer's body from where this crate has read it, instead of an answer that is made anew for it.
fn answer(send: &mut Block, client: Expr) -> Result<(), String> {
    let mut answers = Answers { client, known: 0, others: 0 };
    answers.visit_block_mut(send);
    // The body has been read, so that whatever else reads it would find none.
    if answers.known > 0 && answers.others == 0 { Ok(()) } else { Err("it does not read answers as it did".to_owned()) }
}

/// Goes through the arms for the statuses of an answer, and counts what it finds in them.
struct Answers {
    client: Expr,
    /// How often an answer is read in a way that is known.
    known: usize,
    /// How many arms do it in none of these.
    others: usize,
}

impl VisitMut for Answers {
    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        let before = self.known;
        visit_mut::visit_arm_mut(self, arm);
        self.others += usize::from(self.known == before);
    }

    fn visit_expr_mut(&mut self, value: &mut Expr) {
        visit_mut::visit_expr_mut(self, value);
        let client = &self.client;
        let (call, is_awaited) = match value {
            Expr::Await(awaited) => (&*awaited.base, true),
            _ => (&*value, false),
        };
        let Expr::Call(ExprCall { func, args, .. }) = call else { return };
        *value = match (&*text(func), is_awaited) {
            // It has no body, or none that matters.
            ("ResponseValue :: empty", false) => value.clone(),
            ("ResponseValue :: from_response", true) => parse_quote!(#client.inner.value(#args)),
            ("ResponseValue :: stream" | "Error :: UnexpectedResponse", false) => {
                parse_quote!(#func(#client.inner.whole(#args)))
            }
            _ => return,
        };
        self.known += 1;
    }
}

/// What the variables of a method begin with.
fn beginnings(send: &mut Block) -> impl Iterator<Item = &mut Expr> {
    send.stmts.iter_mut().filter_map(|statement| match statement {
        Stmt::Local(Local { init: Some(init), .. }) => Some(&mut *init.expr),
        _ => None,
    })
}

fn text(value: &Expr) -> String {
    value.to_token_stream().to_string()
}
