//! `make bench`: Docket beside the bare limits and its peers, in one run, as ratios.

use clap::Parser;

mod approvals;
mod bare;
mod comparison;
mod copies;
mod load;
mod noop;
mod part;
mod peer;
mod program;
mod report;
mod server;
mod stage;

use comparison::Outcome;
use stage::{Scale, Stage};

/// As Docket itself does; see `docs/architecture.md`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures Docket beside the bare limits and its peers.
#[derive(Debug, Parser)]
struct Arguments {
    /// Only these parts; without any, all.
    parts: Vec<part::Name>,
    /// How often each side is measured, one after the other; the median counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// Only sides whose names begin so; a goal that needs another is then not measured.
    #[arg(long)]
    sides: Vec<String>,
    /// A hundredth of everything, to see that it works at all.
    #[arg(long)]
    smoke: bool,
    /// Also write the measurements to this file, as JSON.
    #[arg(long)]
    json: Option<std::path::PathBuf>,
    /// Serve the page of batches by hand-written axum and sqlx: one of the sides, started by it.
    #[arg(long, hide = true)]
    serve_bare: bool,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments = Arguments::parse();
    if arguments.serve_bare {
        return bare::reading::serve().await;
    }
    let scale = if arguments.smoke { Scale::SMOKE } else { Scale::FULL };
    let stage = Stage::set_up(scale)?;
    let parts = if arguments.parts.is_empty() { part::Name::ALL.to_vec() } else { arguments.parts };
    let mut results = Vec::new();
    for name in parts {
        let mut comparison = part::comparison(name, &stage).await?;
        if !arguments.sides.is_empty() {
            comparison.keep(&arguments.sides);
        }
        let result = comparison.run(&stage, arguments.rounds).await?;
        report::print(&result);
        results.push(result);
    }
    report::print_goals(&results);
    if let Some(file) = arguments.json {
        std::fs::write(file, serde_json::to_vec_pretty(&results)?)?;
    }
    Ok(())
}
