//! Compiles the C++ part, and names the libraries of Windows that it needs to the linker.
//!
//! The published script hands those libraries to the archiver by their bare names, as objects.
//! MinGW's `ar` looks for such files in the current folder and fails; so does Microsoft's `lib.exe`
//! since cc 1.9.0 makes absolute paths of them. The linkers of both find them by themselves.

extern crate cc;

use std::env;

/// In the order of who needs whom, which matters to MinGW.
const LIBRARIES: [&str; 8] = [
    "mf",
    "mfplat",
    "mfreadwrite",
    "mfuuid",
    "shlwapi",
    "ole32",
    "oleaut32",
    "uuid",
];

fn main() {
    if env::var("CARGO_CFG_WINDOWS").is_err() {
        return;
    }
    println!("cargo:rerun-if-changed=common");
    println!("cargo:rerun-if-changed=escapi_dll");
    let mut build = cc::Build::new();
    build
        .cpp(true)
        .warnings(false)
        .include("escapi_dll")
        .include("common")
        .file("escapi_dll/capture.cpp")
        .file("escapi_dll/conversion.cpp")
        .file("escapi_dll/escapi_dll.cpp")
        .file("escapi_dll/interface.cpp")
        .file("escapi_dll/videobufferlock.cpp");
    if env::var("CARGO_CFG_TARGET_ENV").as_deref() == Ok("gnu") {
        // Else the program would need a DLL of the compiler's beside it.
        build.cpp_link_stdlib_static(true);
    }
    build.compile("escapi");
    for library in LIBRARIES {
        println!("cargo:rustc-link-lib={library}");
    }
}
