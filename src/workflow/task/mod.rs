//! Tasks, and everything that people do with them.

mod acting;
mod decide;
mod hand_over;
mod rules;
mod signers;
mod take_back;
mod talk;

pub use decide::Decide;
pub use rules::Action;
pub use signers::Sign;
