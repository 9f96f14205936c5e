//! What the other end must know too: from an invitation, or from a file.
//!
//! Invariant: a file of a secret that others can read is not taken.

use super::{output, own_file};
use crate::{
    app::SharedSecret,
    cli::{Arguments, Invitation},
    error::Error,
    session::Secret,
};
use std::{io, path::Path};

/// Longest file of a secret, in bytes.
const SECRET_LEN_MAX: u64 = 1 << 10;

/// What the other end must know too, if anything.
///
/// # Errors
/// [`Error::Options`] for a code that is none, [`Error::SecretFile`].
pub(super) fn shared(arguments: &Arguments, listens: bool) -> Result<Option<SharedSecret>, Error> {
    let invitation = match (&arguments.invitation, &arguments.secret) {
        (Some(Invitation::New), _) => Secret::generate(),
        (Some(Invitation::Of(code)), _) => code.parse().map_err(|reason| {
            Error::Options(format!("that is not the whole invitation: {reason}"))
        })?,
        (None, Some(path)) => return load(path, listens).map(Some),
        (None, None) => return Ok(None),
    };
    Ok(Some(SharedSecret {
        secret: invitation,
        is_invitation: true,
    }))
}

/// Where it can be copied: before the screen is taken, and not among the lines of a headless end.
pub(super) fn tell_invitation(secret: &SharedSecret, addresses: &[String]) {
    let mut text = String::from("ttychat: good for one call:");
    for address in addresses {
        text.push_str("\n  ttychat --connect ");
        text.push_str(&secret.invite_to(address));
    }
    output::say_last(text);
}

/// The secret in a file; made by who listens, when there is none yet.
fn load(path: &Path, listens: bool) -> Result<SharedSecret, Error> {
    let failed = |source| Error::SecretFile {
        path: path.to_owned(),
        source,
    };
    let secret = match own_file::read_text(path, SECRET_LEN_MAX) {
        Ok(text) => {
            own_file::refuse_if_others_can(own_file::Deed::Read, path).map_err(failed)?;
            text.trim()
                .parse()
                .map_err(|reason| failed(io::Error::other(reason)))?
        }
        Err(err) if err.kind() == io::ErrorKind::NotFound && listens => {
            let secret = Secret::generate();
            let text = format!("{}\n", secret.expose());
            own_file::write_new_private(path, text.as_bytes()).map_err(failed)?;
            secret
        }
        Err(err) => return Err(failed(err)),
    };
    Ok(SharedSecret {
        secret,
        is_invitation: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_secret_is_made_once_and_a_phrase_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        assert!(load(&path, false).is_err(), "a caller makes none");
        let made = load(&path, true).unwrap();
        assert_eq!(load(&path, false).unwrap(), made);
        fs::write(&path, "correct horse battery staple").unwrap();
        let err = load(&path, true).unwrap_err().with_sources();
        assert!(err.contains("would be guessed"), "{err}");
    }
}
