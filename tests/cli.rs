//! The command line: what is understood, and what is said of what is not.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

#[path = "cli/trust.rs"]
mod trust;

use std::{net::IpAddr, time::Duration};
use ttychat::cli::{
    Accept, Arguments, Color, Glyphs, ListenAddress, Mode, Source, Stop, Target, Wire, command,
    parse,
};

fn words(line: &str) -> Result<Arguments, Stop> {
    parse(std::iter::once("ttychat").chain(line.split_whitespace()))
}

#[track_caller]
fn accepts(line: &str) -> Arguments {
    words(line).unwrap_or_else(|stop| panic!("{line}: {stop:?}"))
}

/// Wrong usage is one line that says what is wrong and what to do.
#[track_caller]
fn refuses(line: &str, wanted: &str) {
    match words(line) {
        Err(Stop::Usage(text)) => {
            assert!(text.contains(wanted), "{line}: no {wanted:?} in {text:?}");
            assert!(!text.contains('\n') && !text.ends_with('.'), "{text:?}");
            assert!(!text.starts_with("error"), "{text:?}");
        }
        other => panic!("{line}: {other:?}"),
    }
}

#[track_caller]
fn listens(text: &str, address: Option<&str>, port: u16) {
    let address = address.map(|address| address.parse::<IpAddr>().unwrap());
    let mode = accepts(&format!("--listen {text}")).mode;
    assert_eq!(
        mode,
        Mode::Listen(ListenAddress { address, port }),
        "{text}"
    );
}

#[track_caller]
fn calls(text: &str, host: &str, port: u16) {
    let mode = accepts(&format!("--connect {text}")).mode;
    assert_eq!(
        mode,
        Mode::Connect(Target {
            host: host.to_owned(),
            port
        }),
        "{text}"
    );
}

#[test]
fn where_to_listen() {
    listens("2222", None, 2222);
    listens("0", None, 0);
    listens("65535", None, 65535);
    listens("127.0.0.1:2222", Some("127.0.0.1"), 2222);
    listens("0.0.0.0:1", Some("0.0.0.0"), 1);
    listens("localhost:2222", Some("127.0.0.1"), 2222);
    listens("[::1]:2222", Some("::1"), 2222);
    listens("[::]:0", Some("::"), 0);
    listens("[2001:db8::7]:443", Some("2001:db8::7"), 443);
}

#[test]
fn where_not_to_listen() {
    for text in ["x", "65536", "-1", "+22", "22x", "0x16", "２２"] {
        refuses(&format!("--listen {text}"), "is not a port");
    }
    refuses("--listen 127.0.0.1", "the port is missing");
    refuses("--listen 127.0.0.1:", "the port is missing");
    refuses("--listen :2222", "the host is missing");
    refuses("--listen ::1", "needs brackets");
    refuses("--listen ::1:2222", "needs brackets");
    refuses("--listen [::1]", "the port is missing");
    refuses("--listen [::1", "a bracket is missing");
    refuses("--listen [::1]2222", "only `:` and the port");
    refuses("--listen [::1]:2222x", "is not a port");
    refuses("--listen [127.0.0.1]:2222", "is not an IPv6 address");
    refuses(
        "--listen alice.example:2222",
        "is not an address of this computer",
    );
    refuses(
        "--listen 300.0.0.1:2222",
        "is not an address of this computer",
    );
    refuses(
        "--listen [fe80::1%eth0]:2222",
        "is not an address of this computer",
    );
    refuses("--listen", "--listen needs a value");
}

#[test]
fn whom_to_call() {
    calls("alice:2222", "alice", 2222);
    calls("alice.example:2222", "alice.example", 2222);
    calls("my_host-7:1", "my_host-7", 1);
    calls("zoë.example:65535", "zoë.example", 65535);
    calls("10.1.2.3:2222", "10.1.2.3", 2222);
    calls("[::1]:2222", "::1", 2222);
    calls("[fe80::1%eth0]:2222", "fe80::1%eth0", 2222);
}

#[test]
fn whom_not_to_call() {
    refuses("--connect alice", "the port is missing");
    refuses("--connect alice:", "the port is missing");
    refuses("--connect :2222", "the host is missing");
    refuses("--connect 2222", "the port is missing");
    refuses("--connect alice:0", "nobody can be called on port 0");
    refuses("--connect alice:65536", "is not a port");
    refuses("--connect alice:2222x", "is not a port");
    refuses("--connect alice:+2222", "is not a port");
    refuses("--connect alice:22:22", "needs brackets");
    refuses("--connect ::1:2222", "needs brackets");
    refuses("--connect [::1]:", "the port is missing");
    refuses("--connect []:2222", "is not an IPv6 address");
    refuses("--connect [alice]:2222", "is not an IPv6 address");
    refuses("--connect [fe80::1%]:2222", "is not an IPv6 address");
    refuses("--connect [fe80::1%a;b]:2222", "is not an IPv6 address");
    refuses("--connect 10.1.2:2222", "is not an address");
    refuses("--connect 10.1.2.300:2222", "is not an address");
    refuses("--connect http://alice:2222", "the web");
    refuses("--connect alice:2222/", "the web");
    refuses("--connect bob@alice:2222", "leave out `user@`");
    refuses("--connect=-alice:2222", "is not the name of a computer");
    refuses("--connect a!b:2222", "is not the name of a computer");
    refuses(
        &format!("--connect {}:1", "a".repeat(254)),
        "is not the name of a computer",
    );
    assert!(
        matches!(parse(["ttychat", "--connect", "a\u{1b}[2J:1"]), Err(Stop::Usage(text))
        if !text.chars().any(char::is_control))
    );
}

#[test]
fn targets_are_shown_as_they_are_typed() {
    for text in [
        "alice:2222",
        "10.1.2.3:1",
        "[::1]:2222",
        "[fe80::1%eth0]:2222",
    ] {
        let Mode::Connect(target) = accepts(&format!("--connect {text}")).mode else {
            panic!()
        };
        assert_eq!(target.to_string(), text);
    }
    for (text, shown) in [
        ("2222", "port 2222"),
        ("[::1]:22", "[::1]:22"),
        ("10.0.0.1:1", "10.0.0.1:1"),
    ] {
        let Mode::Listen(address) = accepts(&format!("--listen {text}")).mode else {
            panic!()
        };
        assert_eq!(address.to_string(), shown);
    }
}

#[test]
fn exactly_one_thing_is_done() {
    refuses("", "nothing to do");
    refuses("--headless", "nothing to do");
    refuses(
        "--listen 22 --loopback",
        "--listen and --loopback cannot both",
    );
    refuses(
        "--connect a:1 --cameras",
        "--connect and --cameras cannot both",
    );
    refuses("--listen 22 --listen 23", "--listen is given twice");
    refuses("--loopback --loopback", "--loopback is given twice");
    assert_eq!(accepts("--loopback").mode, Mode::Loopback);
    assert_eq!(accepts("--cameras").mode, Mode::Cameras);
}

#[test]
fn the_usual_call_needs_no_other_flag() {
    let arguments = accepts("--loopback");
    assert_eq!(
        arguments,
        Arguments {
            mode: Mode::Loopback,
            source: Source::Camera,
            camera: None,
            resolution: None,
            rate: None,
            barcode: false,
            name: None,
            color: Color::Auto,
            glyphs: Glyphs::Half,
            terminal_rate: None,
            accept: Accept::Ask,
            wire: Wire::Ttychat,
            via: None,
            invitation: None,
            secret: None,
            headless: false,
            stats: None,
            duration: None,
            log: None,
        }
    );
}

#[cfg(unix)]
#[test]
fn the_command_of_a_call_is_made_ready() {
    let via = |words: &[&str]| parse(["ttychat"].iter().chain(words));
    let connect = ["--connect", "[fe80::1%eth0]:22", "--via", "nc %h %p"];
    let command = via(&connect).unwrap().via;
    assert_eq!(command.as_deref(), Some("nc fe80::1%eth0 22"));
    refuses("--listen 22 --via nc", "--connect only");
    refuses("--connect a:1 --via=", "--via is empty");
    refuses("--connect a:1 --via=%x", "`%x`");
    refuses("--loopback --wire mjpeg", "--listen or --connect");
    refuses("--listen 1 --wire mjpeg --name bob", "no place for a name");
}

#[test]
fn every_flag_is_understood() {
    let arguments = accepts(
        "--listen 2222 --source camera --camera 2 --resolution 640x480 --fps 12.5 --barcode \
         --name bob --color 256 --accept all --headless --stats s.json --duration 2.5 --log l",
    );
    assert_eq!(arguments.camera.as_deref(), Some("2"));
    assert_eq!(arguments.resolution, Some((640, 480)));
    assert_eq!(arguments.rate, Some(12.5));
    assert_eq!(arguments.name.as_deref(), Some("bob"));
    assert_eq!(arguments.color, Color::Indexed256);
    assert_eq!(arguments.accept, Accept::All);
    assert_eq!(arguments.duration, Some(Duration::from_millis(2500)));
    assert_eq!(arguments.stats, Some("s.json".into()));
    assert_eq!(arguments.log, Some("l".into()));
    assert!(arguments.barcode && arguments.headless);
    assert_eq!(arguments.wire, Wire::Ttychat);
    let plain = accepts("--connect a:1 --wire mjpeg --via=nc");
    assert_eq!(plain.wire, Wire::Mjpeg);
    assert_eq!(plain.via.as_deref(), Some("nc"));
    for (text, color) in [
        ("auto", Color::Auto),
        ("truecolor", Color::Truecolor),
        ("256", Color::Indexed256),
        ("16", Color::Ansi16),
        ("mono", Color::Mono),
    ] {
        assert_eq!(accepts(&format!("--loopback --color {text}")).color, color);
    }
    for (text, glyphs) in [
        ("auto", Glyphs::Auto),
        ("half", Glyphs::Half),
        ("quadrant", Glyphs::Quadrant),
        ("sextant", Glyphs::Sextant),
        ("octant", Glyphs::Octant),
        ("braille", Glyphs::Braille),
        ("ascii", Glyphs::Ascii),
    ] {
        let arguments = accepts(&format!("--loopback --glyphs {text}"));
        assert_eq!(arguments.glyphs, glyphs);
    }
    assert_eq!(accepts("--loopback --source test").source, Source::Test);
    assert_eq!(
        accepts("--loopback --source ./test").source,
        Source::File("./test".into())
    );
}

#[test]
fn numbers_at_their_limits() {
    for text in ["16x16", "4096x4096", "640X480"] {
        accepts(&format!("--loopback --resolution {text}"));
    }
    for text in [
        "15x16",
        "16x15",
        "4097x16",
        "16x4097",
        "640",
        "640x",
        "x480",
        "6 40x480",
        "640x480x2",
        "+640x480",
        "640*480",
        "99999999999x16",
    ] {
        match parse(["ttychat", "--loopback", "--resolution", text]) {
            Err(Stop::Usage(line)) => assert!(line.contains("such as 640x480"), "{line}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    for text in ["1", "60", "29.97"] {
        accepts(&format!("--loopback --fps {text}"));
    }
    for text in ["0", "0.99", "60.01", "-5", "nan", "inf", "x", "30fps"] {
        refuses(&format!("--loopback --fps {text}"), "from 1 to 60");
    }
    for text in ["0.001", "1", "86400"] {
        accepts(&format!("--loopback --duration {text}"));
    }
    for text in ["0", "-1", "1e99", "nan", "inf", "5s", ""] {
        match parse(["ttychat", "--loopback", "--duration", text]) {
            Err(Stop::Usage(line)) => assert!(line.contains("seconds above 0"), "{line}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn flags_that_do_not_go_together() {
    accepts("--connect a:1 --headless");
    accepts("--loopback --headless");
    refuses(
        "--loopback --camera 1 --source test",
        "leave one of them out",
    );
    refuses(
        "--loopback --camera 1 --source x.jpg",
        "leave one of them out",
    );
    accepts("--loopback --camera 1 --source camera");
}

#[test]
fn wrong_words_get_the_way_out() {
    refuses("--lisen 2222", "did you mean --listen?");
    refuses("-x", "--help lists all flags");
    refuses("2222", "--help lists all flags");
    refuses("--loopback --color red", "auto, truecolor, 256, 16, mono");
    refuses("--loopback --color", "--color needs a value");
    refuses("--loopback=3", "takes no value");
    let name = |name: &str| parse(["ttychat", "--loopback", "--name", name]);
    for bad in ["", "  ", "a\nb", "a\u{1b}b", &"x".repeat(129)] {
        assert!(matches!(name(bad), Err(Stop::Usage(_))), "{bad:?}");
    }
    assert_eq!(name(" Zoë 🦊 ").unwrap().name.as_deref(), Some("Zoë 🦊"));
    assert!(matches!(
        parse(["ttychat", "--loopback", "--source", ""]),
        Err(Stop::Usage(_))
    ));
    assert!(matches!(
        parse(["ttychat", "--loopback", "--camera", " "]),
        Err(Stop::Usage(_))
    ));
}

#[cfg(unix)]
#[test]
fn words_that_are_no_utf8_are_refused_or_kept() {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};
    let odd = OsString::from_vec(vec![b'a', 0xff]);
    let words = |flag: &str| {
        parse([
            OsString::from("ttychat"),
            "--loopback".into(),
            flag.into(),
            odd.clone(),
        ])
    };
    assert!(matches!(words("--name"), Err(Stop::Usage(_))));
    assert_eq!(words("--source").unwrap().source, Source::File(odd.into()));
}

#[test]
fn the_help_names_everything() {
    let Err(Stop::Shown(help)) = words("--help") else {
        panic!()
    };
    for flag in command().get_arguments() {
        let name = format!("--{}", flag.get_long().unwrap());
        assert!(help.contains(&name), "no {name}");
    }
    assert!(help.contains("Examples") && help.contains("ssh -t"));
    assert!(
        help.lines().all(|line| line.chars().count() <= 100),
        "{help}"
    );
    command().debug_assert();
    let Err(Stop::Shown(version)) = words("--version") else {
        panic!()
    };
    assert_eq!(
        version.trim(),
        concat!("ttychat ", env!("CARGO_PKG_VERSION"))
    );
}
