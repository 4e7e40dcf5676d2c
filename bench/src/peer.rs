//! Other people's systems that do the same, as their authors ship them to npm and crates.io.

use std::path::Path;

use serde::Deserialize;
use tokio::process::Command;

use crate::comparison::{Measured, Outcome, Side};
use crate::stage::Stage;

/// A job queue: a program in `bench/peers` that works off so many jobs of its own and prints
/// how long that took.
pub struct JobQueue {
    /// How the table calls it.
    pub name: &'static str,
    /// What runs it.
    pub program: Program,
}

/// A peer's program.
#[derive(Debug, Clone, Copy)]
pub enum Program {
    /// This file, by Node.
    Node(&'static str),
    /// `bench/peers/river`, built to `target/river` by `make bench`.
    River,
}

#[derive(Deserialize)]
struct Printed {
    items: f64,
    seconds: f64,
}

#[async_trait::async_trait]
impl Side for JobQueue {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let mut command = match self.program {
            Program::Node(file) => node(file),
            Program::River => river()?,
        };
        command
            .arg(stage.scale.items.to_string())
            .env("DATABASE_URL", stage.empty_postgres("bench_peer").await?);
        let output = command.output().await?;
        if !output.status.success() {
            return Err(format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into());
        }
        let printed: Printed = serde_json::from_slice(&output.stdout)?;
        Ok(Measured::of(printed.items / printed.seconds))
    }
}

/// `node PROGRAM` in the peers' folder.
pub fn node(program: &str) -> Command {
    let mut command = Command::new("node");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    command.arg(program).current_dir(folder).kill_on_drop(true);
    command.env("NODE_ENV", "production").env("GRAPHILE_ENV", "production");
    command
}

/// A program of its own, for its dependencies are none of Docket's.
fn river() -> Outcome<Command> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/river");
    // As this program was built itself: `make bench` builds both for release.
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    let program = target.join(profile).join("river-peer");
    if !program.exists() {
        return Err(format!("{} is missing: `make bench` builds it", program.display()).into());
    }
    let mut command = Command::new(program);
    command.kill_on_drop(true);
    Ok(command)
}
