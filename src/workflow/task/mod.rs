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

pub(super) use acting::{approval_of, said};
pub use decide::Decide;
pub(super) use decide::Decision;
pub use demands::Demands;
pub use filter::{TaskFilter, TaskView};
pub use order::{TaskOrder, TaskOrderField};
pub use outlook::Outlook;
pub(super) use outlook::shows_form;
pub(super) use prepare::{Prepared, papers};
pub use round::{RoundCount, counting_at};
pub use rules::Action;
pub(super) use rules::{Refusal, Situation};
pub use signers::Sign;
