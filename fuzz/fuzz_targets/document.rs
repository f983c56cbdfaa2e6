#![no_main]

#[allow(unreachable_pub, dead_code)]
#[path = "../../build/mod.rs"]
mod build;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(document) = build::Document::parse("fuzz.yaml", text)
    {
        let _ = build::check::check(&document);
    }
});
