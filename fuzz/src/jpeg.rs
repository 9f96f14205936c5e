//! JPEGs from outside: what the guard lets pass and what the decoder makes of it.

use super::script::Script;
use ttychat::media::{
    Picture, PixelSize,
    jpeg::{self, Decompressor, Limits},
};

/// Smaller than the program's, so that a run takes milliseconds.
const LIMITS: Limits = Limits {
    len_max: 1 << 20,
    size_max: PixelSize::new(512, 512),
};

pub fn check(data: &[u8]) {
    let mut script = Script::new(data);
    let head = script.u8();
    let bytes = script.rest();
    let at_least = match head & 3 {
        0 => None,
        1 => Some(PixelSize::new(1, 1)),
        2 => Some(PixelSize::new(40, 20)),
        _ => Some(PixelSize::new(160, 90)),
    };
    let size = jpeg::check(bytes, LIMITS);
    let mut picture = Picture::default();
    let decoded = Decompressor::default().decompress(bytes, LIMITS, at_least, &mut picture);
    let Ok(size) = size else {
        assert_eq!(decoded, size.map(|_| ()), "decoded in spite of the guard");
        return;
    };
    assert!(!size.is_empty() && size.width <= 512 && size.height <= 512);
    if decoded.is_ok() {
        let got = picture.size();
        let pixel_count = got.width as usize * got.height as usize;
        assert_eq!(picture.rgb().len(), pixel_count * 3);
        match at_least {
            None => assert_eq!(got, size),
            Some(least) => {
                assert!(got.width <= size.width && got.height <= size.height);
                assert!(got.width >= least.width.min(size.width), "{got:?}");
                assert!(got.height >= least.height.min(size.height), "{got:?}");
            }
        }
    }
    for rewrite in [jpeg::complete, jpeg::abbreviate] {
        let mut other = Vec::new();
        rewrite(bytes, LIMITS, &mut other).expect("what the guard lets pass can be rewritten");
        assert!(other.len() <= bytes.len() + 1024);
        // The tables that it adds may be one more than is allowed.
        if jpeg::check(&other, LIMITS).is_err() {
            continue;
        }
        assert_eq!(jpeg::check(&other, LIMITS), Ok(size));
        // One that had only some of the standard tables, and was broken, may have all of them now.
        if decoded.is_ok() {
            let mut again = Picture::default();
            let result = Decompressor::default().decompress(&other, LIMITS, at_least, &mut again);
            assert_eq!(result, Ok(()), "rewriting broke it");
            assert!(again.rgb() == picture.rgb(), "rewriting changed pixels");
        }
    }
}
