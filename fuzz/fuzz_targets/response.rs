#![no_main]

use secmaster_client::{fuzzing, types::CreatePlaybookActionResponse};

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzzing::response::<CreatePlaybookActionResponse>(data));
