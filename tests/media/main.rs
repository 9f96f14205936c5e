//! Pixels, from the library's face: known colours by hand, hostile bytes, round trips.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::trivially_copy_pass_by_ref,
    clippy::unwrap_used,
    reason = "test code"
)]

mod barcode;
mod clip;
mod color;
mod denoise;
mod encode;
mod hostile_jpeg;
mod jpeg;
mod patch;
mod raw;
mod scale;
mod sharpen;
mod support;
mod test_picture;
mod yuv;
