//! The plain bytes that each end sends first, so that a wrong program or another version is told
//! apart before anything else is believed (docs/PROTOCOL.md 2).

use super::VERSION;

/// Who begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// We were called.
    Called,
    /// We call.
    Caller,
}

/// Whom an end wants at the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Admission {
    /// Whoever it turns out to be.
    #[default]
    Anyone,
    /// Only who has the same secret.
    Secret,
}

/// Length of a greeting, in bytes.
pub const GREETING_LEN: usize = MAGIC.len() + 2;

const MAGIC: [u8; 7] = *b"ttychat";

/// Why what was heard is no greeting for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongGreeting {
    /// It wants the other kind of call: with a secret, or without.
    Admission(Admission),
    /// It is not ttychat, or an echo of ourselves.
    NotTtychat,
    /// It speaks this version, not ours.
    Version(u8),
}

impl Role {
    /// The role at the other end.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Called => Self::Caller,
            Self::Caller => Self::Called,
        }
    }

    /// Readable in a dump: `>` calls, `<` is called; with a secret `}` and `{`.
    const fn byte(self, admission: Admission) -> u8 {
        match (self, admission) {
            (Self::Called, Admission::Anyone) => b'<',
            (Self::Called, Admission::Secret) => b'{',
            (Self::Caller, Admission::Anyone) => b'>',
            (Self::Caller, Admission::Secret) => b'}',
        }
    }
}

impl Admission {
    /// The other one.
    const fn other(self) -> Self {
        match self {
            Self::Anyone => Self::Secret,
            Self::Secret => Self::Anyone,
        }
    }
}

/// The greeting of the end that has this role and takes anyone.
pub const fn greeting(role: Role) -> [u8; GREETING_LEN] {
    greeting_for(role, Admission::Anyone)
}

/// The greeting of the end that has this role.
pub const fn greeting_for(role: Role, admission: Admission) -> [u8; GREETING_LEN] {
    let [m0, m1, m2, m3, m4, m5, m6] = MAGIC;
    let end = role.byte(admission);
    [m0, m1, m2, m3, m4, m5, m6, VERSION, end]
}

/// Checks as much of a greeting as has come, from the first byte on.
///
/// # Errors
/// [`WrongGreeting`] at the first byte that cannot belong to the greeting of an end with `role`
/// that wants `admission`.
pub fn check_greeting(
    role: Role,
    admission: Admission,
    so_far: &[u8],
) -> Result<(), WrongGreeting> {
    let expected = greeting_for(role, admission);
    for (index, (heard, wanted)) in so_far.iter().zip(expected).enumerate() {
        if *heard == wanted {
            continue;
        }
        // The version stands right after the magic in every version of the protocol.
        return Err(if index == MAGIC.len() {
            WrongGreeting::Version(*heard)
        } else if index > MAGIC.len() && *heard == role.byte(admission.other()) {
            WrongGreeting::Admission(admission.other())
        } else {
            WrongGreeting::NotTtychat
        });
    }
    Ok(())
}

/// Whether a stream begins as a greeting does, of any version and end.
pub fn is_greeting(so_far: &[u8]) -> bool {
    so_far.starts_with(&MAGIC)
}

/// What both ends mix into the handshake first: the caller's greeting, then the called one's, so
/// that nobody between them can have changed either.
pub fn prologue(admission: Admission) -> [u8; 2 * GREETING_LEN] {
    let mut prologue = [0; 2 * GREETING_LEN];
    let both = greeting_for(Role::Caller, admission)
        .into_iter()
        .chain(greeting_for(Role::Called, admission));
    for (byte, from) in prologue.iter_mut().zip(both) {
        *byte = from;
    }
    prologue
}
