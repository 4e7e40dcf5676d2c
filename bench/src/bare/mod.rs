//! What the databases and the machine can do at best, with nothing of Docket in between but its
//! tables: by hand-written statements, as few as the work allows.

pub mod archive;
pub mod deciding;
pub mod firing;
pub mod photographs;
pub mod postgres;
pub mod reading;
pub mod sqlite;
