#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| secmaster_client_codegen::fuzz(data));
