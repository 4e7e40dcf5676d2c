//! `docket`: the command line.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use docket::app::{self, Actor, Config, Mode, Role, StartError};

/// Many small allocations of many sizes on many threads: half again as fast for GraphQL answers.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Durable batches and approvals behind one typed GraphQL API.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    /// The configuration file; `docket.toml` where there is one. The environment goes over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the playground, and work on batches, until SIGINT or SIGTERM.
    Serve {
        /// Development mode: loopback only, with users and a secret of its own.
        #[arg(long)]
        dev: bool,
    },
    /// Work on batches without serving anything, until SIGINT or SIGTERM.
    Worker,
    /// Bring the database's schema up to date.
    Migrate,
    /// Print the GraphQL schema.
    Schema,
    /// Print a token.
    Token {
        /// Whom it speaks for: the user's id.
        #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new(), long)]
        user: String,
        /// What they may: USER, OPERATOR or ADMIN.
        #[arg(long, default_value = "USER")]
        role: Role,
        /// What to call them; the user's id where it is not given.
        #[arg(long)]
        name: Option<String>,
        /// The plan they have.
        #[arg(long)]
        plan: Option<String>,
        /// How long it is good, in hours.
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=87_600))]
        ttl_hours: u64,
    },
    /// Check files of processes, in BPMN 2.0 or as JSON charts, as deploying them would, and print each
    /// fault; 1 where any of them would be refused.
    Check {
        /// One line a file.
        #[arg(long)]
        quiet: bool,
        /// The files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Check the configuration and everything that it names, and say what is wrong.
    Doctor {
        /// As for development mode.
        #[arg(long)]
        dev: bool,
    },
}

#[expect(clippy::print_stderr, reason = "where a command line says what is wrong")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            for line in error.to_string().lines() {
                eprintln!("docket: {line}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}

#[expect(clippy::print_stdout, reason = "schema and token are what these commands are for")]
fn run(arguments: Arguments) -> Result<ExitCode, StartError> {
    let file = arguments.config.or_else(Config::default_file);
    let config = |mode| {
        let config = Config::load(mode, file.as_deref(), variables())?;
        app::init_logging(config.log_format);
        Ok::<_, StartError>(config)
    };
    let mode = |dev| if dev { Mode::Development } else { Mode::Production };
    match arguments.command {
        Command::Serve { dev } => block_on(app::serve(config(mode(dev))?))??,
        Command::Worker => block_on(app::worker(config(Mode::Worker)?))??,
        Command::Migrate => block_on(app::migrate(config(Mode::Tool)?))??,
        Command::Schema => print!("{}", app::schema()),
        Command::Token { user, role, name, plan, ttl_hours } => {
            let actor = Actor { name: name.unwrap_or_else(|| user.clone()), user_id: user, role, plan };
            let lifetime = Duration::from_secs(ttl_hours * 3600);
            println!("{}", app::issue_token(&config(Mode::Tool)?, &actor, lifetime)?);
        }
        Command::Check { quiet, files } => return Ok(check(&files, quiet)),
        Command::Doctor { dev } => return doctor(&config(mode(dev))?),
    }
    Ok(ExitCode::SUCCESS)
}

/// The environment; names that are no text are none of ours.
fn variables() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
}

#[expect(clippy::print_stdout, reason = "what the command is for")]
fn doctor(config: &Config) -> Result<ExitCode, StartError> {
    let findings = block_on(app::examine(config))?;
    for finding in &findings {
        println!("{finding}");
    }
    let well = findings.iter().all(|finding| finding.wrong.is_none());
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whoever reads the answer may hang up; then nobody wants the rest.
fn check(files: &[PathBuf], quiet: bool) -> ExitCode {
    match app::check_models(files, quiet, &mut std::io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) | Err(_) => ExitCode::FAILURE,
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> Result<T, StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    Ok(runtime.map_err(StartError::Runtime)?.block_on(future))
}
