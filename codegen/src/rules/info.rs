//! Rule `info`: the version of the interface, and the address of the service.

use crate::diagnostic::Report;
use crate::document::node::Node;
use crate::spec::model::Spec;

pub(crate) fn apply(spec: &mut Spec, _: &Report) {
    let info = spec.raw.get("info");
    spec.version = info.and_then(|info| info.str("version")).unwrap_or("0").to_owned();
    let servers = spec.raw.list("servers");
    let hosts = [Some(&spec.raw), info].into_iter().flatten();
    let host = hosts.filter_map(|node| node.str("x-host")).find(|host| !host.trim().is_empty());
    spec.endpoint = servers.iter().find_map(server).or_else(|| host.and_then(|host| usable(host.trim())));
}

/// The address of a server, with `{region}` in it and the defaults of all other variables.
fn server(server: &Node) -> Option<String> {
    let mut url = server.str("url")?.trim().to_owned();
    for (name, variable) in server.each("variables") {
        if name != "region" {
            url = url.replace(&format!("{{{name}}}"), variable.str("default").unwrap_or_default());
        }
    }
    url.contains("://").then(|| usable(&url)).flatten()
}

/// An address if it names a host, and no variable but the region.
fn usable(address: &str) -> Option<String> {
    let address = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
    let address = address.trim_end_matches('/');
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split('/').next()?;
    let known = rest.replace("{region}", "");
    let fits = matches!(scheme, "http" | "https")
        && !host.is_empty()
        && known.bytes().all(|byte| byte.is_ascii_graphic() && !b"{}?#@\\\"<>".contains(&byte));
    fits.then(|| address.to_owned())
}
