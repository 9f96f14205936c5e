//! The program that is attacked, and what must be true of it afterwards.

use super::{
    attacker::{Peer, address},
    outcome::Outcome,
    pty::{Pty, Start},
};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};
use ttychat::{
    media::{Picture, PixelSize, jpeg::Compressor},
    protocol::{CameraState, Goodbye, Message},
};

/// Its name, and what does it.
pub(crate) type Check = (&'static str, fn() -> Outcome);

/// Most memory that the victim may ever have had, in KiB.
const PEAK_MAX: u64 = 64 << 10;

/// Most time of processors that an attack may take, in cores: the loop, and half of the time of the
/// thread that decodes pictures; with some room, because time comes in ticks.
const CORES_MAX: f64 = 1.6;

/// How long a person may wait for a key in an attack. Generous: the tests run beside each other on
/// slow machines, and the victim is a debug build.
const KEY_TIMEOUT: Duration = Duration::from_secs(40);

/// The program in a terminal.
pub(crate) struct Victim {
    pub(crate) pty: Pty,
    pub(crate) port: u16,
    home: tempfile::TempDir,
    /// Whether its person is asked for each call.
    asks: bool,
    /// Whether it speaks plain pictures.
    is_plain: bool,
    /// Most time of processors that this attack may take, in cores.
    pub(crate) cores_max: f64,
    began_at: Instant,
    processor_before: Duration,
    key: Option<Duration>,
    /// Most memory, as it was looked at last; it is gone with the process.
    peak_while_running: u64,
}

/// The program to be attacked.
fn program() -> String {
    std::env::var("TTYCHAT_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_ttychat").to_owned())
}

impl Victim {
    /// A listener that takes every call.
    pub(crate) fn open() -> Self {
        Self::listen(&["--accept", "all"])
    }

    /// A listener whose person is asked.
    pub(crate) fn asking() -> Self {
        Self::listen(&["--accept", "ask"])
    }

    /// The same for plain pictures.
    pub(crate) fn plain() -> Self {
        Self::listen(&["--accept", "ask", "--wire", "mjpeg"])
    }

    fn listen(arguments: &[&str]) -> Self {
        let mut victim = Self::start(&[&["--listen", "127.0.0.1:0"], arguments].concat());
        let port = |text: &str| -> Option<u16> {
            let (_, rest) = text.split_once("127.0.0.1:")?;
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            rest.get(..end)?.parse().ok()
        };
        let mut found = None;
        victim.pty.wait_for("the port", |screen| {
            found = port(&screen.contents());
            found.is_some()
        });
        victim.port = found.unwrap();
        victim.begin();
        victim
    }

    /// A caller of `port`.
    pub(crate) fn dial(port: u16) -> Self {
        let mut victim = Self::start(&["--connect", &format!("127.0.0.1:{port}")]);
        victim.port = port;
        victim
    }

    fn start(arguments: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), arguments)
    }

    /// Its person quits and calls the same again.
    #[track_caller]
    pub(crate) fn dial_again(mut self) -> Self {
        self.pty.type_keys("q");
        let _code = self.pty.wait_for_exit();
        let port = self.port;
        let mut victim = Self::start_in(self.home, &["--connect", &format!("127.0.0.1:{port}")]);
        victim.port = port;
        victim
    }

    fn start_in(home: tempfile::TempDir, arguments: &[&str]) -> Self {
        let folder = home.path().to_str().unwrap();
        let log = home.path().join("log");
        let usual = [
            "--source",
            "test",
            "--resolution",
            "160x120",
            "--fps",
            "5",
            "--log",
            log.to_str().unwrap(),
        ];
        let is_plain = arguments.contains(&"mjpeg");
        let name: &[&str] = if is_plain {
            &[]
        } else {
            &["--name", "victim@desk"]
        };
        let program = program();
        let pty = Start::new(&program, &[&usual, name, arguments].concat())
            .env("HOME", folder)
            .folder(folder)
            .size(100, 30)
            .spawn();
        let mut victim = Self {
            pty,
            port: 0,
            home,
            asks: arguments.contains(&"ask"),
            is_plain,
            cores_max: CORES_MAX,
            began_at: Instant::now(),
            processor_before: Duration::ZERO,
            key: None,
            peak_while_running: 0,
        };
        victim.begin();
        victim
    }

    /// What is measured is measured from here on.
    pub(crate) fn begin(&mut self) {
        self.began_at = Instant::now();
        self.processor_before = self.processor().unwrap_or_default();
    }

    /// All that was logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }

    /// Waits until the log has a line with `words`, and gives the line.
    #[track_caller]
    pub(crate) fn logged(&mut self, words: &str) -> String {
        let path = self.home.path().join("log");
        let mut found = None;
        self.pty.wait_until(&format!("the log says: {words}"), |_| {
            let log = fs::read_to_string(&path).unwrap_or_default();
            found = log
                .lines()
                .rfind(|line| line.contains(words))
                .map(str::to_owned);
            found.is_some()
        });
        let line = found.unwrap();
        // Behind the date and the time.
        let text = line.splitn(3, ' ').last().unwrap_or_default();
        format!("log: {}", text.trim())
    }

    /// Waits until the screen shows `words`, and gives their line.
    #[track_caller]
    pub(crate) fn shown(&mut self, words: &str) -> String {
        self.pty.wait_for_text(words);
        let peak = peak_of(self.pty.process_id()).unwrap_or_default();
        self.peak_while_running = self.peak_while_running.max(peak);
        let text = self.pty.text();
        let line = text.lines().find(|line| line.contains(words));
        plain(line.unwrap_or(words))
    }

    /// What stands over the row with `words`: of a question with a key, the words to compare.
    pub(crate) fn above(&self, words: &str) -> String {
        let text = self.pty.text();
        let lines: Vec<&str> = text.lines().collect();
        let index = lines.iter().position(|line| line.contains(words));
        let above = index.and_then(|index| lines.get(index - 1));
        plain(above.unwrap_or_else(|| panic!("no {words}:\n{text}")))
    }

    /// Its person says that it is the right one who answered.
    #[track_caller]
    pub(crate) fn confirm(&mut self, peer: Option<&mut Peer>) {
        self.await_with(peer, "the question", |text| text.contains("it is them"));
        self.pty.type_keys("y");
    }

    /// Waits for what `condition` says of the screen's text, while `peer` goes on as a peer should.
    #[track_caller]
    pub(crate) fn await_with(
        &mut self,
        peer: Option<&mut Peer>,
        what: &str,
        condition: impl Fn(&str) -> bool,
    ) {
        let mut peer = peer;
        self.pty.wait_until(what, |pty| {
            if let Some(peer) = &mut peer {
                peer.pump();
            }
            condition(&pty.text())
        });
    }

    /// Has the person press a key in the attack and see what it does: help comes and goes.
    #[track_caller]
    pub(crate) fn press_a_key(&mut self, peer: Option<&mut Peer>) {
        let mut peer = peer;
        let pressed_at = Instant::now();
        let words = "next camera";
        self.pty.type_keys("?");
        self.await_with(peer.as_deref_mut(), "help", |text| text.contains(words));
        let took = pressed_at.elapsed();
        assert!(took < KEY_TIMEOUT, "a key took {took:?}");
        self.pty.type_keys("?");
        self.await_with(peer, "no help", |text| !text.contains(words));
        self.key = Some(self.key.map_or(took, |before| before.max(took)));
    }

    /// The attack is over: an honest peer calls and is served, then the person quits.
    #[track_caller]
    pub(crate) fn outcome(mut self, seen: String, call: &str) -> Outcome {
        let processor = self.spent();
        self.serve_honest_call();
        let peak = self.peak();
        self.pty.type_keys("q");
        assert_eq!(self.pty.wait_for_exit(), 0, "the exit code");
        self.pty.assert_restored();
        self.finish(seen, call, Some(processor), peak)
    }

    /// The same for one that dialled and has ended by itself, with `exit_code`.
    #[track_caller]
    pub(crate) fn outcome_of_end(mut self, exit_code: u32, words: &str, call: &str) -> Outcome {
        // The peak is gone with the process; it is looked at while that runs.
        let mut peak = self.peak_while_running;
        self.pty.wait_until("the program ends", |pty| {
            peak = peak.max(peak_of(pty.process_id()).unwrap_or_default());
            pty.text().contains("[ended ")
        });
        assert_eq!(self.pty.wait_for_exit(), exit_code, "{}", self.pty.text());
        self.pty.assert_restored();
        let seen = self.shown(words);
        self.finish(seen, call, None, peak)
    }

    /// The same for one that dialled and was quit by its person, who has looked at the screen.
    pub(crate) fn outcome_of_quit(self, seen: String, call: &str) -> Outcome {
        let peak = self.peak_while_running;
        self.finish(seen, call, None, peak)
    }

    fn finish(
        &self,
        seen: String,
        call: &str,
        processor: Option<(f64, Duration)>,
        peak: u64,
    ) -> Outcome {
        assert!(peak < PEAK_MAX, "the victim had {peak} KiB");
        if let Some((cores, time)) = processor
            && time > Duration::from_secs(1)
        {
            assert!(cores < self.cores_max, "the victim took {cores} cores");
        }
        let log = self.log();
        // `panic` alone may be one of the words of a call.
        assert!(!log.contains("panicked"), "{log}");
        Outcome {
            seen,
            call: call.to_owned(),
            key: self.key,
            processor,
            peak,
        }
    }

    /// A whole call: greeting, handshake, a picture of the victim's, a text on its screen.
    #[track_caller]
    pub(crate) fn serve_honest_call(&mut self) {
        if self.is_plain {
            return self.serve_plain_call();
        }
        let mut honest = Peer::call_with(self.port, [1; 32]);
        honest.say_hello("honest@home");
        honest.await_message("ringing", |message| *message == Message::Ringing);
        if self.asks {
            self.await_with(Some(&mut honest), "the question", |text| {
                text.contains("decline")
            });
            self.pty.type_keys("y");
        }
        honest.await_message("the victim's name", |message| {
            matches!(message, Message::Hello(_))
        });
        honest.say(&Message::CameraState(CameraState::Off));
        honest.say(&Message::Text("an honest text".to_owned()));
        honest.await_message("a picture", |message| matches!(message, Message::Video(_)));
        self.await_with(Some(&mut honest), "its text", |text| {
            text.contains("an honest text")
        });
        honest.say(&Message::Goodbye(Goodbye::Quit));
        assert!(honest.ends(), "the call does not end");
        // It is known from the answer on, where one is asked for.
        let mark = if self.asks { "" } else { "\"" };
        self.pty.wait_for_text(&format!("honest@home{mark} ended"));
    }

    /// The same in plain pictures: one comes, the person says yes, one of the victim's is given.
    #[track_caller]
    fn serve_plain_call(&mut self) {
        let mut picture = Vec::new();
        Compressor::default()
            .compress(&Picture::new(PixelSize::new(16, 16)), 50, &mut picture)
            .unwrap();
        let mut honest = TcpStream::connect(address(self.port)).unwrap();
        honest.set_read_timeout(Some(KEY_TIMEOUT)).unwrap();
        honest.write_all(&picture).unwrap();
        self.pty.wait_for_text("it may be anybody");
        self.pty.type_keys("y");
        let mut start = [0; 2];
        let heard = honest.read_exact(&mut start);
        assert!(heard.is_ok(), "{heard:?}:\n{}", self.pty.text());
        assert_eq!(start, [0xff, 0xd8]);
        drop(honest);
        self.pty.wait_for_text("ended");
    }

    /// Cores and time since the attack began.
    fn spent(&self) -> (f64, Duration) {
        let time = self.began_at.elapsed();
        let processor = self.processor().unwrap();
        let processor = processor.saturating_sub(self.processor_before);
        (processor.as_secs_f64() / time.as_secs_f64(), time)
    }

    fn peak(&self) -> u64 {
        peak_of(self.pty.process_id()).expect("a process that runs")
    }

    /// Time of processors so far.
    fn processor(&self) -> Option<Duration> {
        let path = format!("/proc/{}/stat", self.pty.process_id());
        let stat = fs::read_to_string(path).ok()?;
        let (_, rest) = stat.rsplit_once(") ")?;
        let ticks = |index| -> Option<u64> { rest.split(' ').nth(index)?.parse().ok() };
        // utime and stime, in hundredths of a second on Linux.
        Some(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
    }
}

/// Most memory that a process ever had, in KiB.
fn peak_of(process_id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// A line of the screen without the frames and pictures beside its words.
fn plain(line: &str) -> String {
    let words = line.split(['│', '▌', '▀', '▄', '█', '|', '╭', '─', '╮', '╰', '╯']);
    let longest = words.max_by_key(|words| words.trim().chars().count());
    longest.unwrap_or_default().trim().to_owned()
}
