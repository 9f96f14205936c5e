#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ttychat_fuzz::session::check(data));
