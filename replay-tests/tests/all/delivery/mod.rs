//! Whatever happens to messages between the log and the read models, after healing every read model
//! is what the log says and stands at its head.

mod cut;
pub(crate) mod embedded;
mod faulty;
mod joined;
mod nats;
mod restored;

pub(crate) use joined::settle;
