//! What can be told of devices without one.

use super::*;
use std::{io, os::unix::ffi::OsStrExt, process};

/// A folder of its own, removed when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("ttychat-{name}-{}", process::id()));
        drop(fs::remove_dir_all(&path));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A webcam takes two numbers, so the sixteenth one has 30, and text would put that before 4.
#[test]
fn sixteen_cameras_are_found_in_the_order_of_their_numbers() {
    let folder = Folder::new("nodes").unwrap();
    let numbers: Vec<u32> = (0..32).collect();
    for number in numbers.iter().rev() {
        File::create(folder.0.join(format!("video{number}"))).unwrap();
    }
    let others: [&[u8]; 9] = [
        b"video",
        b"video01",
        b"video-1",
        b"video+1",
        b"video1a",
        b"video99999999999",
        b"vide\xf3o5",
        b"video7\xff",
        b"media3",
    ];
    for name in others {
        File::create(folder.0.join(OsStr::from_bytes(name))).unwrap();
    }
    assert_eq!(node_numbers(&folder.0).unwrap(), numbers);
    let missing = node_numbers(&folder.0.join("no"));
    assert_eq!(missing.unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn names_in_any_bytes_are_shown_as_well_as_can_be() {
    // 31 bytes, cut by the driver.
    let cut = "Caméra intégrée de l'écran é".as_bytes();
    assert_eq!(
        text(&cut[..cut.len() - 1]),
        "Caméra intégrée de l'écran \u{fffd}"
    );
    assert_eq!(text(b"Kamera \xfc\xe4 1\n"), "Kamera \u{fffd}\u{fffd} 1");
    assert_eq!(text("HD 摄像头: HD 摄像".as_bytes()), "HD 摄像头");
    assert_eq!(text(b"\xff\xfe"), "\u{fffd}\u{fffd}");
    assert_eq!(text(b""), "");
}

#[test]
fn only_what_captures_pictures_is_a_camera() {
    let camera = sys::V4L2_CAP_VIDEO_CAPTURE | sys::V4L2_CAP_STREAMING;
    assert!(is_camera(camera));
    assert!(is_camera(camera | sys::V4L2_CAP_EXT_PIX_FORMAT));
    assert!(!is_camera(sys::V4L2_CAP_VIDEO_CAPTURE), "read() only");
    assert!(!is_camera(
        sys::V4L2_CAP_META_CAPTURE | sys::V4L2_CAP_STREAMING
    ));
    assert!(!is_camera(camera | sys::V4L2_CAP_VIDEO_M2M), "a converter");
    assert!(
        !is_camera(camera | sys::V4L2_CAP_VIDEO_OUTPUT),
        "a loopback's other side"
    );
}

#[test]
fn what_the_system_says_becomes_what_a_person_can_do() {
    let path = Path::new("/no such/video9");
    let words = |errno: Errno| {
        let err = io::Error::from_raw_os_error(errno.raw_os_error());
        error_of("X", path, err).to_string()
    };
    assert!(words(Errno::BUSY).contains("X is busy; close the program that uses it"));
    assert!(words(Errno::PERM).contains("`--device /no such/video9`"));
    assert!(words(Errno::NODEV).contains("X is gone"));
    assert!(words(Errno::NOENT).contains("there is no camera X"));
    assert!(words(Errno::IO).contains("X failed; unplug it"));
}
