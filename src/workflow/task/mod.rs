//! Tasks, and everything that people do with them.

mod acting;
mod decide;
mod demands;
mod filter;
mod hand_over;
mod list;
mod order;
mod outlook;
mod prepare;
mod round;
mod rules;
mod signers;
mod take_back;
mod talk;

pub(super) use acting::said;
pub use decide::Decide;
pub use demands::Demands;
pub use filter::{TaskFilter, TaskView};
pub use order::{TaskOrder, TaskOrderField};
pub use outlook::Outlook;
pub use round::{RoundCount, counting_at};
pub use rules::Action;
pub use signers::Sign;
