#![no_main]

#[allow(unreachable_pub, dead_code)]
#[path = "../../build/mod.rs"]
mod build;

libfuzzer_sys::fuzz_target!(|data: &[u8]| build::fuzz(data));
