//! Rule `info`: the version of the API, and the endpoint of the service.

use crate::diagnostic::Report;
use crate::document::node::{At, Node};
use crate::spec::model::Spec;

pub(crate) fn apply(spec: &mut Spec, report: &Report) {
    let info = spec.raw.get("info");
    spec.version = info.and_then(|info| info.str("version")).unwrap_or("0").to_owned();
    let servers: Vec<(At, String)> = spec.raw.list("servers").iter().filter_map(server).collect();
    let is_path = |address: &String| address.starts_with('/') && !address.starts_with("//");
    // The path of a server without a host is that of a host without a path.
    let base = servers.iter().map(|(_, address)| address).find(|address| is_path(address)).cloned().unwrap_or_default();
    let hosts = [Some(&spec.raw), info].into_iter().flatten().filter_map(|node| node.get("x-host"));
    let hosts = hosts.filter_map(|host| Some((host.at, host.as_str()?.trim().to_owned() + &base)));
    let found: Vec<(At, String)> =
        servers.into_iter().chain(hosts).filter(|(_, address)| !address.is_empty()).collect();
    spec.endpoint = found.iter().find_map(|(_, address)| endpoint(address));
    for (at, address) in found.iter().filter(|_| spec.endpoint.is_none()) {
        let without = "so the caller must set the endpoint";
        if is_path(address) {
            let message = format!("the server {address} has no host, {without}; write https:// and the host before it");
            report.note(*at, "servers have no host", message);
        } else {
            let message = format!(
                "the server {address} is not the address of a host, {without}; write one such as https://things.example.com, with a default for each variable"
            );
            report.warn(*at, message);
        }
    }
}

/// The URL of a server, with `{region}` in it and the defaults of all other variables.
fn server(server: &Node) -> Option<(At, String)> {
    let url = server.get("url")?;
    let mut address = url.as_str()?.trim().to_owned();
    for (name, variable) in server.each("variables").filter(|(name, _)| *name != "region") {
        if let Some(default) = variable.str("default") {
            address = address.replace(&format!("{{{name}}}"), default);
        }
    }
    Some((url.at, address))
}

/// Converts an address to an endpoint if it has a host, and no variable but the region.
fn endpoint(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://").unwrap_or(("https", address.trim_start_matches("//")));
    let rest = rest.trim_end_matches('/');
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    let is_host = address.contains("//") || host.contains(['.', ':']);
    let known = rest.replace("{region}", "");
    let fits = is_host
        && matches!(scheme.as_str(), "http" | "https")
        && known.bytes().all(|byte| byte.is_ascii_graphic() && !b"{}?#@\\\"<>".contains(&byte));
    fits.then(|| format!("{scheme}://{rest}"))
}
