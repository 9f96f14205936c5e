#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ttychat_fuzz::peers::check(data));
