//! Who and where we are, for names and for the addresses a listener shows.

use std::net::IpAddr;

/// The user's name, else `someone`. A service or a container often has no variable for it, so the
/// system's list of users is looked at too.
pub fn user_name() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .or_else(listed_user_name)
        .unwrap_or_else(|| "someone".to_owned())
}

/// The number of the user whose rights this process has, 0 for root; `None` where users have none.
pub fn user_id() -> Option<u32> {
    #[cfg(unix)]
    return Some(rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    return None;
}

#[cfg(unix)]
fn listed_user_name() -> Option<String> {
    let own_id = user_id()?.to_string();
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    // name:password:user id:… (passwd(5)).
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)? == own_id).then(|| name.to_owned())
    })
}

#[cfg(not(unix))]
fn listed_user_name() -> Option<String> {
    None
}

/// The host's name without its domain, else `somewhere`.
pub fn host_name() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    match name.split('.').next() {
        Some(short) if !short.is_empty() => short.to_owned(),
        _ => "somewhere".to_owned(),
    }
}

/// Processor time that this process has used, user and system together; `None` where the system
/// does not say.
pub fn cpu_time() -> Option<std::time::Duration> {
    #[cfg(unix)]
    return rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime)
        .try_into()
        .ok();
    #[cfg(windows)]
    return process_times();
    #[cfg(not(any(unix, windows)))]
    return None;
}

/// Processor time that this thread has used, user and system together; `None` where the system does
/// not say, or only in steps of its clock's tick.
pub fn thread_time() -> Option<std::time::Duration> {
    #[cfg(unix)]
    return rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime)
        .try_into()
        .ok();
    #[cfg(not(unix))]
    return None;
}

#[cfg(windows)]
fn process_times() -> Option<std::time::Duration> {
    use windows_sys::Win32::{
        Foundation::FILETIME,
        System::Threading::{GetCurrentProcess, GetProcessTimes},
    };
    let mut times = [FILETIME::default(); 4];
    let [created, ended, kernel, user] = &mut times;
    // SAFETY: it has no conditions.
    let process = unsafe { GetCurrentProcess() };
    // SAFETY: the pseudo handle is always valid, and the four times may be written.
    let is_known = unsafe { GetProcessTimes(process, created, ended, kernel, user) };
    // In units of 100 ns.
    let ticks =
        |time: &FILETIME| u64::from(time.dwHighDateTime) << 32 | u64::from(time.dwLowDateTime);
    let nanoseconds = (ticks(kernel) + ticks(user)).saturating_mul(100);
    (is_known != 0).then(|| std::time::Duration::from_nanos(nanoseconds))
}

/// The addresses under which others may reach this host: of interfaces that are up, without
/// loopback and link-local ones, IPv4 first.
pub fn addresses() -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .into_iter()
        .filter(|interface| !interface.is_loopback() && !interface.is_link_local())
        .map(|interface| interface.ip())
        .collect();
    found.sort_by_key(|address| (address.is_ipv6(), *address));
    found.dedup();
    found
}
