//! The command that carries a call, with the host and port put in.

use super::{Target, address::shown};

/// Signs that mean something to some shell.
const SHELL_SIGNS: &str = "'`\"$\\;&<>|(){}[]*?!#~^=";

/// Puts host and port of `target` where `command` says `%h` and `%p`; `%%` is `%`.
pub(super) fn expand(command: &str, target: &Target) -> Result<String, String> {
    if command.trim().is_empty() {
        return Err(
            "--via is empty; give a command, such as --via 'ssh -W %h:%p user@jump'".into(),
        );
    }
    let Target { host, port } = target;
    // The shell would take it for something else. Addresses are read narrowly already; what stands
    // between a name and a shell is checked once more.
    let is_sign = |c: char| SHELL_SIGNS.contains(c) || c.is_whitespace() || c.is_control();
    if host.starts_with('-') || host.chars().any(is_sign) {
        return Err(format!(
            "`{}` cannot be given to a command; call its address",
            shown(host)
        ));
    }
    let mut expanded = String::with_capacity(command.len() + host.len());
    let mut signs = command.chars();
    while let Some(sign) = signs.next() {
        if sign != '%' {
            expanded.push(sign);
            continue;
        }
        match signs.next() {
            Some('h') => expanded.push_str(host),
            Some('p') => expanded.push_str(&port.to_string()),
            Some('%') => expanded.push('%'),
            other => {
                let other: String = other.into_iter().collect();
                return Err(format!(
                    "--via knows %h, %p and %%, but not `%{}`; write %% for a percent sign",
                    shown(&other)
                ));
            }
        }
    }
    Ok(expanded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(command: &str, host: &str) -> Result<String, String> {
        let host = host.to_owned();
        expand(command, &Target { host, port: 2222 })
    }

    #[test]
    fn host_and_port_are_put_in() {
        for (command, host, wanted) in [
            ("ssh -W %h:%p me@jump", "desk", "ssh -W desk:2222 me@jump"),
            (
                "nc %h %p | tee 100%%",
                "10.0.0.7",
                "nc 10.0.0.7 2222 | tee 100%",
            ),
            ("%%h%h", "a_b.c-d", "%ha_b.c-d"),
            ("nc -6 %h %p", "fe80::1%eth0", "nc -6 fe80::1%eth0 2222"),
        ] {
            assert_eq!(expanded(command, host).as_deref(), Ok(wanted));
        }
    }

    #[test]
    fn what_a_shell_would_misread_is_refused() {
        for host in [
            "-oProxyCommand=x",
            "a;b",
            "$(x)",
            "a b",
            "a\nb",
            "`x`",
            "a|b",
            "a'b",
            "*",
        ] {
            assert!(expanded("nc %h %p", host).is_err(), "{host}");
        }
        for command in ["", "  ", "nc %h %p %", "nc %r"] {
            let refused = expanded(command, "desk").unwrap_err();
            assert!(refused.starts_with("--via "), "{refused}");
        }
    }
}
