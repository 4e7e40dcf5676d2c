//! Docket as it ships: its program in a process of its own, from outside.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;

use crate::comparison::Outcome;
use crate::server::Server;

/// Nothing takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(600);

/// A running server in development mode, which has users to speak for.
pub struct Docket {
    /// The process.
    pub server: Server,
    http: reqwest::Client,
    tokens: HashMap<String, String>,
}

/// Where it keeps its data and what is set.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The folder for files, and for SQLite where no other database is named.
    pub folder: PathBuf,
    /// PostgreSQL, where it is that.
    pub database: Option<String>,
    /// Settings by their variables.
    pub settings: Vec<(&'static str, String)>,
}

impl Docket {
    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// Where it does not become ready.
    pub async fn start(place: &Place) -> Outcome<Self> {
        let program = std::env::current_exe()?.with_file_name("docket");
        if !program.exists() {
            return Err(format!("{} is missing: `make bench` builds it", program.display()).into());
        }
        let mut command = Command::new(program);
        command
            .args(["serve", "--dev"])
            .env_clear()
            .env("DOCKET_LISTEN", "127.0.0.1:0")
            .env("DOCKET_DATA_DIR", &place.folder)
            .env("RUST_LOG", "warn")
            .current_dir(&place.folder)
            .envs(place.settings.iter().map(|(name, value)| (*name, value)));
        if let Some(url) = &place.database {
            command.env("DATABASE_URL", url);
        }
        let server = Server::start(command).await?;
        let http = reqwest::Client::builder().no_proxy().timeout(HANGS).build()?;
        let answer = http.get(format!("{}/dev/users", server.address)).send().await?;
        let users: Vec<Value> = serde_json::from_slice(&answer.bytes().await?)?;
        let text = |user: &Value, key| user[key].as_str().unwrap_or_default().to_owned();
        let tokens = users.iter().map(|user| (text(user, "id"), text(user, "token"))).collect();
        Ok(Self { server, http, tokens })
    }

    /// `Authorization` for one of the users.
    ///
    /// # Errors
    /// Where there is no such user.
    pub fn authorization(&self, user: &str) -> Outcome<String> {
        let token = self.tokens.get(user).ok_or_else(|| format!("there is no user {user}"))?;
        Ok(format!("Bearer {token}"))
    }

    /// What a GraphQL operation answers.
    ///
    /// # Errors
    /// Where it has errors.
    pub async fn ask(&self, user: &str, query: &str, variables: Value) -> Outcome<Value> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        self.ask_in_bytes(user, body).await
    }

    /// The same with the request's body as it goes over the wire.
    ///
    /// # Errors
    /// Where it has errors.
    pub async fn ask_in_bytes(&self, user: &str, body: String) -> Outcome<Value> {
        let sent = self.http.post(format!("{}/graphql", self.server.address));
        let sent = sent.header("authorization", self.authorization(user)?);
        let answer = sent.header("content-type", "application/json").body(body).send().await?;
        let mut answer: Value = serde_json::from_slice(&answer.bytes().await?)?;
        if let Some(errors) = answer.get("errors") {
            return Err(format!("{errors}").into());
        }
        Ok(answer["data"].take())
    }

    /// Uploads a picture; its address for `inputImages`.
    ///
    /// # Errors
    /// Where it is refused.
    pub async fn upload(&self, user: &str, file: &Path) -> Outcome<String> {
        let bytes = tokio::fs::read(file).await?;
        let part = reqwest::multipart::Part::bytes(bytes).file_name("picture.jpg").mime_str("image/jpeg")?;
        let form = reqwest::multipart::Form::new().part("file", part);
        let sent = self.http.post(format!("{}/files", self.server.address));
        let answer = sent.header("authorization", self.authorization(user)?).multipart(form).send().await?;
        let answer: Value = serde_json::from_slice(&answer.bytes().await?)?;
        answer["url"].as_str().map(str::to_owned).ok_or_else(|| format!("not uploaded: {answer}").into())
    }

    /// Creates a batch; its id.
    ///
    /// # Errors
    /// Where it is refused.
    pub async fn create(&self, user: &str, feature: &str, images: &[String]) -> Outcome<String> {
        let query = "mutation ($input: CreateBatchInput!) { createBatch(input: $input) { batch { id } } }";
        let input = json!({ "input": { "featureId": feature, "inputImages": images } });
        let answer = self.ask(user, query, input).await?;
        text_at(&answer, "/createBatch/batch/id")
    }

    /// Waits for a batch's end; the batch.
    ///
    /// # Errors
    /// Where it does not end well.
    pub async fn until_success(&self, user: &str, batch: &str) -> Outcome<Value> {
        let query =
            "query ($id: ID!) { node(id: $id) { ... on Batch { status createdAt finishedAt archiveUrl } } }";
        loop {
            let answer = self.ask(user, query, json!({ "id": batch })).await?;
            match answer["node"]["status"].as_str() {
                Some("SUCCESS") => return Ok(answer["node"].clone()),
                Some("PENDING" | "PROCESSING") => tokio::time::sleep(Duration::from_millis(100)).await,
                _ => return Err(format!("the batch ended otherwise: {answer}").into()),
            }
        }
    }

    /// Reads an answer's body to its end without keeping it; its length.
    ///
    /// # Errors
    /// Where it is no success or breaks off.
    pub async fn download(&self, path: &str) -> Outcome<u64> {
        let mut answer = self.http.get(format!("{}{path}", self.server.address)).send().await?;
        if !answer.status().is_success() {
            return Err(format!("{path}: {}", answer.status()).into());
        }
        let mut length = 0;
        while let Some(chunk) = answer.chunk().await? {
            length += chunk.len() as u64;
        }
        Ok(length)
    }
}

/// A text in an answer.
///
/// # Errors
/// Where there is none.
pub fn text_at(answer: &Value, pointer: &str) -> Outcome<String> {
    let text = answer.pointer(pointer).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| format!("{pointer} is not in {answer}").into())
}
