//! The program itself, in a place that outlives it.

use std::collections::HashMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::client::json_of;
use super::{Person, Pictures};

#[path = "../../support/postgres.rs"]
mod postgres;

/// Nothing takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(60);

/// Where a server lives: its data folder, its database, its address. Servers come and go.
pub struct Place {
    data: TempDir,
    database: Option<String>,
    port: u16,
    /// Further settings, by their variables.
    settings: HashMap<&'static str, String>,
    pub pictures: Option<Pictures>,
}

impl Place {
    pub fn sqlite() -> Self {
        let data = tempfile::tempdir().unwrap();
        Self { data, database: None, port: free_port(), settings: HashMap::new(), pictures: None }
    }

    pub async fn postgres() -> Self {
        Self { database: Some(postgres::fresh_postgres().await), ..Self::sqlite() }
    }

    /// Whoever starts here from now on does so with this setting.
    pub fn with(mut self, variable: &'static str, value: &str) -> Self {
        self.settings.insert(variable, value.to_owned());
        self
    }

    /// Where [`start`](Self::start) serves.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// A connection of the test's own to the database server.
    pub async fn database(&self) -> sea_orm::DatabaseConnection {
        sea_orm::Database::connect(self.database.as_ref().expect("a place on PostgreSQL")).await.unwrap()
    }

    /// Whoever starts here from now on dies at this place of the program; none: at no place.
    pub fn dies_at(&mut self, place: Option<&str>) {
        match place {
            Some(place) => self.settings.insert("DOCKET_TEST_FAILPOINT", place.to_owned()),
            None => self.settings.remove("DOCKET_TEST_FAILPOINT"),
        };
    }

    /// A connection of the test's own to the database, whichever it is.
    pub async fn books(&self) -> sea_orm::DatabaseConnection {
        let file = self.data.path().join("data").join("docket.sqlite");
        let url = self.database.clone().unwrap_or_else(|| format!("sqlite://{}", file.display()));
        sea_orm::Database::connect(url).await.unwrap()
    }

    /// What everybody who started here has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data.path().join("log")).unwrap_or_default()
    }

    /// Starts the server and a server of pictures that it may fetch from.
    pub async fn open(&mut self) -> Server {
        if self.pictures.is_none() {
            self.pictures = Some(Pictures::start().await);
        }
        self.start().await
    }

    pub fn pictures(&self) -> &Pictures {
        self.pictures.as_ref().expect("the place was opened")
    }

    /// Starts the program where it was before.
    pub async fn start(&self) -> Server {
        self.serve(self.port).await
    }

    /// Starts another replica, at an address of its own.
    pub async fn another(&self) -> Server {
        self.serve(free_port()).await
    }

    /// Starts another replica that works without serving HTTP. Nobody waits until it is ready.
    pub fn worker(&self) -> Process {
        Process { child: Some(self.command(&["worker"]).spawn().unwrap()) }
    }

    async fn serve(&self, port: u16) -> Server {
        let address = format!("127.0.0.1:{port}");
        let mut command = self.command(&["serve", "--dev"]);
        let process = Process { child: Some(command.env("DOCKET_LISTEN", &address).spawn().unwrap()) };
        let mut server = Server { process, http: reqwest::Client::new(), address, tokens: HashMap::new() };
        server.until_ready(&self.data).await;
        server
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let log =
            std::fs::File::options().create(true).append(true).open(self.data.path().join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
        command
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap_or_default())
            .env("DOCKET_DATA_DIR", self.data.path().join("data"))
            .env("DOCKET_ENGINE__LEASE_SECONDS", "3")
            .env("DOCKET_ENGINE__POLL_SECONDS", "1")
            .env("DOCKET_PIPELINE__MAX_PIXELS", "1000000")
            .envs(&self.settings)
            .current_dir(self.data.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        if let Some(pictures) = &self.pictures {
            command.env("DOCKET_FETCH__ALLOW", pictures.host());
        }
        if let Some(url) = &self.database {
            command.env("DATABASE_URL", url);
        }
        command
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A running program; it ends with the test.
pub struct Process {
    child: Option<Child>,
}

impl Process {
    /// SIGKILL: it has no time for a last word.
    pub fn kill(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// SIGTERM, and waits for the end; whether that was a good one.
    pub async fn stop(mut self) -> bool {
        let mut child = self.child.take().unwrap();
        let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(told.success());
        tokio::task::spawn_blocking(move || child.wait().unwrap().success()).await.unwrap()
    }

    /// Waits until it was killed.
    pub async fn until_killed(mut self) {
        use std::os::unix::process::ExitStatusExt as _;
        let mut child = self.child.take().unwrap();
        let ended = tokio::task::spawn_blocking(move || child.wait().unwrap());
        let ended = tokio::time::timeout(HANGS, ended).await.expect("it lives on").unwrap();
        assert_eq!(ended.signal(), Some(9), "{ended}");
    }

    fn has_ended(&mut self) -> bool {
        self.child.as_mut().unwrap().try_wait().unwrap().is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A running server; it ends with the test.
pub struct Server {
    process: Process,
    pub http: reqwest::Client,
    pub address: String,
    tokens: HashMap<String, String>,
}

impl Server {
    async fn until_ready(&mut self, data: &TempDir) {
        let since = Instant::now();
        loop {
            let log = || std::fs::read_to_string(data.path().join("log")).unwrap_or_default();
            assert!(!self.process.has_ended(), "the server ended by itself: {}", log());
            assert!(since.elapsed() < HANGS, "the server never became ready: {}", log());
            let ready = self.http.get(format!("http://{}/readyz", self.address)).send().await;
            if ready.is_ok_and(|answer| answer.status() == 200) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        let users = self.http.get(format!("http://{}/dev/users", self.address)).send().await.unwrap();
        for user in json_of(users).await.as_array().unwrap() {
            let text = |key: &str| user[key].as_str().unwrap().to_owned();
            self.tokens.insert(text("id"), text("token"));
        }
    }

    /// As [`Process::kill`].
    pub fn kill(self) {
        self.process.kill();
    }

    /// As [`Process::is_killed`].
    pub async fn until_killed(self) {
        self.process.until_killed().await;
    }

    /// As [`Process::stop`].
    pub async fn stop(self) -> bool {
        self.process.stop().await
    }

    pub fn person(&self, name: &str) -> Person<'_> {
        Person { server: self, token: self.tokens[name].clone() }
    }

    pub fn alice(&self) -> Person<'_> {
        self.person("alice")
    }

    pub fn bob(&self) -> Person<'_> {
        self.person("bob")
    }

    pub fn olivia(&self) -> Person<'_> {
        self.person("olivia")
    }

    pub fn admin(&self) -> Person<'_> {
        self.person("admin")
    }
}
