//! Addresses as people type them. Nothing is looked up here.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Where to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenAddress {
    /// One of this computer's addresses; `None` for all of them.
    pub address: Option<IpAddr>,
    /// 0: the system picks a free one.
    pub port: u16,
}

/// Whom to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// A name, an IPv4 address, or an IPv6 address without brackets (with its zone, if it had one).
    pub host: String,
    /// 1–65535.
    pub port: u16,
}

/// Longest name that the domain name system knows, in bytes (RFC 1035, 2.3.4).
const HOST_LEN_MAX: usize = 253;

/// Parses `PORT`, `ADDR:PORT` or `[v6]:PORT`.
pub(super) fn listen(text: &str) -> Result<ListenAddress, String> {
    if !text.contains([':', '.', '[']) {
        let port = port(text).map_err(|error| format!("{error}, such as --listen 2222"))?;
        return Ok(ListenAddress {
            address: None,
            port,
        });
    }
    let (host, port_text) = split(text, "--listen 2222 or --listen 127.0.0.1:2222")?;
    let port = port(port_text)?;
    let address = match host {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        _ => host.parse().map_err(|_cause| {
            format!(
                "`{}` is not an address of this computer; give a number such as 127.0.0.1 or \
                 [::1], or the port alone for all addresses",
                shown(host)
            )
        })?,
    };
    Ok(ListenAddress {
        address: Some(address),
        port,
    })
}

/// Parses `HOST:PORT` or `HOST:PORT+CODE`. The code is judged by those who know codes.
pub(super) fn call(text: &str) -> Result<(Target, Option<String>), String> {
    match text.split_once('+') {
        Some((address, code)) if address.ends_with(|c: char| c.is_ascii_digit()) => {
            if code.is_empty() {
                return Err("the code after the `+` is missing; copy the whole invitation".into());
            }
            Ok((connect(address)?, Some(code.to_owned())))
        }
        _ => Ok((connect(text)?, None)),
    }
}

/// Parses `HOST:PORT`, where an IPv6 address stands in brackets.
pub(super) fn connect(text: &str) -> Result<Target, String> {
    if text.contains("://") || text.contains('/') {
        return Err(
            "that is an address of the web; give host and port alone, such as \
                    --connect alice.example:2222"
                .to_owned(),
        );
    }
    if text.contains('@') {
        return Err("leave out `user@`; a call goes to a computer, such as \
                    --connect alice.example:2222"
            .to_owned());
    }
    let (host, port_text) = split(text, "--connect alice.example:2222")?;
    let port = port(port_text)?;
    if port == 0 {
        return Err(
            "nobody can be called on port 0; give the port that the other side listens \
                    on, such as 2222"
                .to_owned(),
        );
    }
    if !text.starts_with('[') {
        check_name(host)?;
    }
    Ok(Target {
        host: host.to_owned(),
        port,
    })
}

/// Splits at the port and takes brackets off. `example` shows how it is done right.
fn split<'a>(text: &'a str, example: &str) -> Result<(&'a str, &'a str), String> {
    if let Some(rest) = text.strip_prefix('[') {
        let Some((inside, after)) = rest.split_once(']') else {
            return Err("a bracket is missing; write an IPv6 address as [::1]:2222".to_owned());
        };
        let number = inside
            .split_once('%')
            .map_or(inside, |(number, _zone)| number);
        if number.parse::<Ipv6Addr>().is_err() || !zone_is_plain(inside) {
            return Err(format!(
                "`{}` is not an IPv6 address; brackets are for those, such as [::1]:2222",
                shown(inside)
            ));
        }
        return match after.strip_prefix(':') {
            Some(port) => Ok((inside, port)),
            None if after.is_empty() => {
                Err("the port is missing; add it after the bracket, such as [::1]:2222".to_owned())
            }
            None => Err("only `:` and the port may follow the bracket, such as [::1]:2222".into()),
        };
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err(format!(
            "the port is missing; write it after a colon, such as {example}"
        ));
    };
    if host.contains(':') {
        return Err(
            "an IPv6 address needs brackets, so that the port can be told from it: \
                    [::1]:2222"
                .to_owned(),
        );
    }
    if host.is_empty() {
        return Err(format!(
            "the host is missing; write it before the colon, such as {example}"
        ));
    }
    Ok((host, port))
}

fn port(text: &str) -> Result<u16, String> {
    // `parse` alone would take a plus sign.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(port) if digits => Ok(port),
        _ if text.is_empty() => Err("the port is missing; it is a number up to 65535".to_owned()),
        _ => Err(format!(
            "`{}` is not a port; it is a number up to 65535",
            shown(text)
        )),
    }
}

/// A name of four numbers is meant as an address; others get the letters that names have.
fn check_name(host: &str) -> Result<(), String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    if host.len() > HOST_LEN_MAX || !host.chars().all(plain) || host.starts_with(['-', '.']) {
        return Err(format!(
            "`{}` is not the name of a computer; check it",
            shown(host)
        ));
    }
    let numeric = host
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if numeric && host.parse::<Ipv4Addr>().is_err() {
        return Err(format!(
            "`{host}` is not an address; IPv4 has four numbers up to 255"
        ));
    }
    Ok(())
}

fn zone_is_plain(inside: &str) -> bool {
    let Some((_number, zone)) = inside.split_once('%') else {
        return true;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    !zone.is_empty() && zone.len() <= 32 && zone.chars().all(plain)
}

/// What the person typed, short and without controls, to be repeated to them.
pub(super) fn shown(text: &str) -> String {
    const SHOWN_COUNT_MAX: usize = 60;
    let mut shown: String = text
        .chars()
        .take(SHOWN_COUNT_MAX)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(SHOWN_COUNT_MAX).is_some() {
        shown.push('…');
    }
    shown
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            None => write!(f, "port {}", self.port),
            Some(IpAddr::V4(address)) => write!(f, "{address}:{}", self.port),
            Some(IpAddr::V6(address)) => write!(f, "[{address}]:{}", self.port),
        }
    }
}
