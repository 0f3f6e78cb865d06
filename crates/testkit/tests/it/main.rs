//! What must stay true of the source tree itself.

mod layout;
mod modules;
