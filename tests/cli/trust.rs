//! Whom one knows, invitations and secrets.

use super::*;
use ttychat::cli::Invitation;

#[test]
fn an_invitation_is_an_address_and_a_code() {
    for (text, code) in [
        ("a:1", None),
        ("a:1+abc-def", Some("abc-def")),
        ("[::1]:2222+x+y", Some("x+y")),
    ] {
        let arguments = accepts(&format!("--connect {text}"));
        let wanted = code.map(|code| Invitation::Of(code.to_owned()));
        assert_eq!(arguments.invitation, wanted, "{text}");
        let Mode::Connect(target) = arguments.mode else {
            panic!("{text}");
        };
        assert_eq!(target.to_string(), text.split('+').next().unwrap());
    }
    refuses("--connect a:1+", "after the `+` is missing");
    let invite = accepts("--listen 2222 --invite").invitation;
    assert_eq!(invite, Some(Invitation::New));
    assert_eq!(accepts("--peers").mode, Mode::Peers);
    let forget = accepts("--forget bob").mode;
    assert_eq!(forget, Mode::Forget("bob".to_owned()));
}

#[test]
fn secrets_go_with_calls_and_not_with_each_other() {
    accepts("--listen 2222 --secret file");
    accepts("--connect a:1 --secret file");
    refuses("--loopback --secret file", "--listen and --connect only");
    refuses("--connect a:1 --invite", "--listen only");
    refuses("--listen 2222 --invite --secret file", "two secrets");
    refuses("--connect a:1+code --secret file", "two secrets");
    refuses("--peers --listen 2222", "cannot both be done");
    refuses("--forget", "needs a value");
}

#[test]
fn who_is_let_in() {
    refuses("--listen 2222 --headless", "add --accept all");
    refuses("--listen 2222 --headless --accept ask", "add --accept all");
    accepts("--listen 2222 --headless --accept known");
    refuses("--connect a:1 --accept all", "--listen only");
    refuses("--loopback --accept me", "ask, known, all");
}
