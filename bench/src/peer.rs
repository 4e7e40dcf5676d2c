//! Other people's systems that do the same, as their authors ship them to npm, run through Node.

use serde::Deserialize;
use tokio::process::Command;

use crate::comparison::{Measured, Outcome, Side};
use crate::stage::Stage;

/// A job queue: a program in `bench/peers` that works off so many jobs of its own and prints
/// how long that took.
pub struct JobQueue {
    /// How the table calls it.
    pub name: &'static str,
    /// The program's file.
    pub program: &'static str,
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
        let mut command = node(stage, self.program);
        command
            .arg(stage.scale.peer_jobs.to_string())
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
pub fn node(stage: &Stage, program: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(program).current_dir(stage.peers()).kill_on_drop(true);
    command.env("NODE_ENV", "production").env("GRAPHILE_ENV", "production");
    command
}
