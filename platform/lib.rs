//! All that ttychat knows of an operating system.
//!
//! Every system supplies the same names, chosen by `cfg`; there is no trait. The contract:
//!
//! * [`camera`]: `list`, `nodes`, `Camera::{open, mode, read, control, set_control}`, with
//!   [`camera::CameraInfo`], [`camera::Mode`], [`camera::RawPicture`], [`camera::Control`] and
//!   [`camera::CameraError`] common to all systems.
//! * [`console`]: `Console::{open, register, read, write, size, raw, restore, …}` and `Signals`.
//! * [`process`]: `spawn`, `Process`, `Stream`: a command whose input and output are a stream of
//!   ours.
//! * [`socket`]: what the system knows of a connection besides its bytes.
//! * [`host`]: who and where we are: user, host name, addresses.
//! * [`lock`]: `Lock::try_take`: what one program at a time has.
//!
//! It does not know pictures, messages or the screen, and decides nothing.

pub mod camera;
pub mod console;
pub mod host;
pub mod lock;
pub mod process;
pub mod socket;
