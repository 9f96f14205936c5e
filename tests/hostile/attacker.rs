//! Who attacks: sockets that say anything, and peers that keep the protocol up to a point.

use super::peer::HandPeer;
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};
use ttychat::protocol::{CameraState, Goodbye, Hello, Message, Outcome, Role, Size};

/// How long the victim may take for anything that it does at once. Generous, for slow machines.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Longest wait of one read, so that other things are looked at in between.
const READ_TIMEOUT: Duration = Duration::from_millis(20);

/// The picture area that we say.
pub(crate) const AREA: Size = Size {
    width: 160,
    height: 90,
};

/// Has the system let this process have some thousand sockets.
pub(crate) fn allow_many_sockets() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("as many as are allowed");
}

/// The victim's address.
pub(crate) fn address(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// A connection from another address of this host, which is being made when this returns.
pub(crate) fn begin_connecting(port: u16) -> TcpStream {
    begin_connecting_from(Ipv4Addr::new(127, 0, 0, 2), port)
}

/// The same from any address of the network 127.0.0.0/8, all of which are this host's.
pub(crate) fn begin_connecting_from(from: Ipv4Addr, port: u16) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).unwrap();
    let from = SocketAddr::from((from, 0));
    socket.bind(&from.into()).unwrap();
    socket.set_nonblocking(true).unwrap();
    match socket.connect(&address(port).into()) {
        Ok(()) => {}
        Err(err) => assert_eq!(
            err.raw_os_error(),
            Some(rustix::io::Errno::INPROGRESS.raw_os_error())
        ),
    }
    socket.into()
}

/// Connects, says `bytes`, and gives all that is heard until the victim closes.
#[track_caller]
pub(crate) fn say_and_hear(port: u16, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address(port)).unwrap();
    // It may have closed before all is written.
    drop(stream.write_all(bytes));
    let mut heard = Vec::new();
    assert!(hear_to_the_end(&mut stream, &mut heard), "not closed");
    heard
}

/// Reads until the other side closes; says whether it did, in time.
pub(crate) fn hear_to_the_end(stream: &mut TcpStream, heard: &mut Vec<u8>) -> bool {
    let deadline = Instant::now() + PATIENCE;
    stream.set_read_timeout(Some(READ_TIMEOUT)).unwrap();
    let mut chunk = [0; 16 << 10];
    while Instant::now() < deadline {
        match stream.read(&mut chunk) {
            Ok(0) => return true,
            Ok(len) => heard.extend(&chunk[..len]),
            Err(err) if is_timeout(&err) => {}
            Err(_) => return true,
        }
    }
    false
}

/// A key that nobody had before: each peer is a stranger.
fn new_key() -> [u8; 32] {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut key = [7; 32];
    // Not at the ends, where some bits count for nothing (RFC 7748, 5).
    key[8..16].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    key
}

/// A peer that has agreed on keys and may say anything.
pub(crate) struct Peer {
    stream: TcpStream,
    pub(crate) hand: HandPeer,
    ended: bool,
    /// How many bytes it still says before it hangs up in the middle; `None`: all.
    pub(crate) budget: Option<usize>,
    /// How many bytes it has said.
    pub(crate) said_len: usize,
    /// Whether pings and pictures are answered.
    pub(crate) answers: bool,
    messages: Vec<Message>,
}

impl Peer {
    /// Calls and agrees on keys.
    #[track_caller]
    pub(crate) fn call(port: u16) -> Self {
        Self::call_with(port, new_key())
    }

    /// The same, as somebody in particular.
    #[track_caller]
    pub(crate) fn call_with(port: u16, key: [u8; 32]) -> Self {
        let stream = TcpStream::connect(address(port)).unwrap();
        let mut peer = Self::with(stream, Role::Caller);
        peer.hand = HandPeer::new(Role::Caller, key);
        peer.shake_hands();
        peer
    }

    /// Calls with a static key of small order; the handshake is not done yet.
    pub(crate) fn weak(stream: TcpStream, role: Role, public: [u8; 32]) -> Self {
        let mut peer = Self::with(stream, role);
        peer.hand = HandPeer::weak(role, public);
        peer
    }

    /// Takes a call and agrees on keys.
    #[track_caller]
    pub(crate) fn take(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().unwrap();
        let mut peer = Self::with(stream, Role::Called);
        peer.shake_hands();
        peer
    }

    /// The same, not begun yet.
    pub(crate) fn with(stream: TcpStream, role: Role) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(READ_TIMEOUT)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self {
            stream,
            hand: HandPeer::new(role, new_key()),
            ended: false,
            budget: None,
            said_len: 0,
            answers: true,
            messages: Vec::new(),
        }
    }

    /// Takes what has come and says nothing to it.
    pub(crate) fn hear(&mut self) {
        let mut chunk = [0; 4096];
        match self.stream.read(&mut chunk) {
            Ok(0) => self.ended = true,
            Ok(len) => self.hand.handle_bytes(&chunk[..len]),
            Err(err) if is_timeout(&err) => {}
            Err(_) => self.ended = true,
        }
    }

    /// Agrees on keys, unless the budget ends before.
    #[track_caller]
    pub(crate) fn shake_hands(&mut self) {
        self.pump_until("a handshake", |peer| peer.hand.is_ready());
    }

    /// Calls, says who it is, and waits until the call is up and both cameras are on.
    #[track_caller]
    pub(crate) fn in_call(port: u16, name: &str) -> Self {
        let mut peer = Self::call(port);
        peer.say_hello(name);
        peer.await_message("the victim's camera", |message| {
            matches!(message, Message::CameraState(_))
        });
        peer.say(&Message::CameraState(CameraState::On));
        peer
    }

    pub(crate) fn say_hello(&mut self, name: &str) {
        self.say(&Message::Hello(Hello {
            name: name.to_owned(),
            capabilities: 0,
            picture_area: AREA,
        }));
    }

    /// Says a message. One that the victim does not hear any more is lost.
    pub(crate) fn say(&mut self, message: &Message) {
        self.hand.send(message);
        self.flush();
    }

    pub(crate) fn say_plaintext(&mut self, plaintext: &[u8]) {
        self.hand.send_plaintext(plaintext);
        self.flush();
    }

    /// Says what is no record.
    pub(crate) fn say_bytes(&mut self, bytes: &[u8]) {
        self.hand.out.extend(bytes);
        self.flush();
    }

    /// The bytes of a message, which are not said yet.
    pub(crate) fn sealed(&mut self, message: &Message) -> Vec<u8> {
        self.flush();
        self.hand.send(message);
        std::mem::take(&mut self.hand.out)
    }

    pub(crate) fn flush(&mut self) {
        let mut bytes = std::mem::take(&mut self.hand.out);
        if self.ended {
            return;
        }
        let mut hangs_up = false;
        if let Some(budget) = &mut self.budget {
            hangs_up = bytes.len() >= *budget;
            bytes.truncate(*budget);
            *budget -= bytes.len();
        }
        self.said_len += bytes.len();
        if self.stream.write_all(&bytes).is_err() {
            self.ended = true;
        } else if hangs_up {
            self.hang_up();
        }
    }

    /// Says nothing more and hears to the end.
    pub(crate) fn hang_up(&mut self) {
        if self.ended {
            return;
        }
        drop(self.stream.shutdown(Shutdown::Write));
        assert!(
            hear_to_the_end(&mut self.stream, &mut Vec::new()),
            "the victim does not close"
        );
        self.ended = true;
    }

    /// Takes what has come; waits a moment when there is nothing.
    pub(crate) fn pump(&mut self) {
        self.flush();
        if self.ended {
            return;
        }
        let mut chunk = [0; 16 << 10];
        match self.stream.read(&mut chunk) {
            Ok(0) => self.ended = true,
            Ok(len) => {
                self.hand.handle_bytes(&chunk[..len]);
                self.take_messages();
            }
            Err(err) if is_timeout(&err) => {}
            Err(_) => self.ended = true,
        }
        self.flush();
    }

    fn take_messages(&mut self) {
        if !self.answers {
            return;
        }
        for message in self.hand.answer_pings() {
            if let Message::Video(video) = &message {
                self.hand.send(&Message::VideoAcknowledged {
                    sequence: video.sequence,
                    outcome: Outcome::Shown,
                });
            }
            self.messages.push(message);
        }
    }

    /// Waits for a message; those before it are forgotten.
    #[track_caller]
    pub(crate) fn await_message(&mut self, what: &str, wanted: impl Fn(&Message) -> bool) {
        self.pump_until(what, |peer| {
            let found = peer.messages.iter().position(&wanted);
            if let Some(index) = found {
                peer.messages.drain(..=index);
            }
            found.is_some()
        });
    }

    /// Waits for what became of the picture `sequence`.
    #[track_caller]
    pub(crate) fn await_answer(&mut self, sequence: u32, expected: Outcome) {
        self.await_message("what became of a picture", |message| {
            let Message::VideoAcknowledged {
                sequence: answered,
                outcome,
            } = message
            else {
                return false;
            };
            assert!(*answered != sequence || *outcome == expected, "{outcome:?}");
            *answered == sequence
        });
    }

    /// How many of the pictures before `next_sequence` are not answered yet.
    pub(crate) fn unanswered(&self, next_sequence: u32) -> usize {
        let is_answer = |message: &&Message| matches!(message, Message::VideoAcknowledged { .. });
        next_sequence as usize - self.messages.iter().filter(is_answer).count()
    }

    #[track_caller]
    fn pump_until(&mut self, what: &str, mut condition: impl FnMut(&mut Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !condition(self) {
            // A call that is cut has ended by our own doing.
            if self.ended && self.budget == Some(0) {
                return;
            }
            assert!(!self.ended, "the victim closed before {what}");
            assert!(Instant::now() < deadline, "waited in vain for {what}");
            self.pump();
        }
    }

    /// Goes on as a peer should for `time`, or until the victim closes.
    pub(crate) fn carry_on(&mut self, time: Duration) {
        let deadline = Instant::now() + time;
        while !self.ended && Instant::now() < deadline {
            self.pump();
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Waits until the victim closes; says whether it did, in time.
    pub(crate) fn ends(&mut self) -> bool {
        self.carry_on(PATIENCE);
        self.ended
    }

    /// Whether the victim's last word was that we broke the protocol.
    pub(crate) fn was_blamed(&self) -> bool {
        self.messages
            .contains(&Message::Goodbye(Goodbye::Misbehaved))
    }
}

fn is_timeout(err: &io::Error) -> bool {
    matches!(
        err.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}
