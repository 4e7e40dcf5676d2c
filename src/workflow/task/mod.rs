//! Tasks, and everything that people do with them.

mod acting;
mod decide;
mod hand_over;
mod list;
mod outlook;
mod rules;
mod signers;
mod take_back;
mod talk;

pub(super) use acting::said;
pub use decide::Decide;
pub use list::{TaskFilter, TaskOrder, TaskOrderField, TaskView};
pub use outlook::Outlook;
pub use rules::Action;
pub use signers::Sign;
