//! `docket doctor`: checks the configuration and every remote that it names, and repairs what is stray.

use std::borrow::Cow;
use std::fmt::Display;
use std::time::Duration;

use reqwest::StatusCode;
use secrecy::ExposeSecret as _;

use super::config::{Config, TokenKey};
use crate::events;
use crate::files::ObjectStore;
use crate::pipeline::HttpService;
use crate::storage::Db;
use crate::workflow::let_go_of_strays;

/// How long a remote may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub what: Cow<'static, str>,
    /// What is wrong; nothing where it is well.
    pub wrong: Option<String>,
    /// What was found where it is well.
    pub found: String,
}

impl Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.wrong {
            None => write!(f, "ok     {}: {}", self.what, self.found),
            Some(wrong) => write!(f, "WRONG  {}: {wrong}", self.what),
        }
    }
}

/// Looks at everything; one thing that is wrong does not hide the others.
pub async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![data_dir(config)];
    findings.extend(database(config).await);
    findings.push(storage(config).await);
    if config.redis_url.is_some() {
        findings.push(redis(config).await);
    }
    findings.push(tokens(config).await);
    findings.extend(services(config).await);
    findings
}

fn data_dir(config: &Config) -> Finding {
    let found = config.data_dir.display().to_string();
    let wrong = config.prepare_data_dir().err().map(|error| error.to_string());
    Finding { what: "data folder".into(), wrong, found }
}

async fn database(config: &Config) -> Vec<Finding> {
    let connected = within(Db::connect(config.database_url.expose_secret(), 2)).await;
    let db = match connected {
        Ok(db) => db,
        Err(wrong) => return vec![finding("database", Err(wrong))],
    };
    let kind = format!("{:?} answers", db.backend());
    let answers = within(db.ping()).await.map(|()| kind);
    let migrations = finding("migrations", pending(&db).await);
    let is_up_to_date = migrations.wrong.is_none();
    let mut findings = vec![finding("database", answers), migrations];
    if is_up_to_date {
        findings.push(finding("held tasks", held(&db).await));
    }
    findings
}

/// Lets go of what no batch holds any more.
async fn held(db: &Db) -> Result<String, String> {
    match within(let_go_of_strays(db.writer())).await? {
        0 => Ok("none but by open batches".to_owned()),
        strays => Ok(format!("{strays} were held by no open batch: they have been let go of")),
    }
}

async fn pending(db: &Db) -> Result<String, String> {
    let pending = within(db.pending_migrations()).await?;
    if pending.is_empty() {
        return Ok("up to date".into());
    }
    Err(format!("not applied: {}; run `docket migrate`, or start the server, which does", pending.join(", ")))
}

async fn storage(config: &Config) -> Finding {
    let result = match ObjectStore::open(&config.storage) {
        Ok(objects) => {
            within(objects.check()).await.map(|()| "can be written, read and deleted from".to_owned())
        }
        Err(error) => Err(error.to_string()),
    };
    finding("object storage", result)
}

async fn redis(config: &Config) -> Finding {
    let Some(url) = &config.redis_url else { return finding("redis", Ok("not configured".into())) };
    let ping = async {
        let client = events::redis_client(url.expose_secret())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd("PING").query_async::<String>(&mut connection).await
    };
    finding("redis", within(ping).await.map(|_| "answers".to_owned()))
}

async fn tokens(config: &Config) -> Finding {
    let result = match &config.auth.key {
        TokenKey::Secret(_) => Ok("checked with DOCKET_JWT_SECRET".to_owned()),
        TokenKey::KeptInDataDir => Ok("checked with development's secret in the data folder".to_owned()),
        TokenKey::Jwks(url) => published(url).await,
    };
    finding("tokens", result)
}

/// One finding a service that pictures may be sent to; all are asked at once.
async fn services(config: &Config) -> Vec<Finding> {
    let asked = config
        .pipeline
        .services
        .iter()
        .map(|(name, service)| async move { finding(format!("service {name}"), reached(service).await) });
    futures::future::join_all(asked).await
}

/// Asks a service without sending it a picture. Whatever it answers, it is there; only a refusal of
/// our token, or of everything, is wrong.
async fn reached(service: &HttpService) -> Result<String, String> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.timeout(PATIENCE).build().map_err(|error| error.to_string())?;
    let url = &service.url;
    let mut request = client.head(url.clone());
    if let Some(token) = &service.token {
        request = request.bearer_auth(token.expose_secret());
    }
    let answer = within(request.send()).await.map_err(|error| format!("{url} cannot be reached: {error}"))?;
    judge_service(answer.status()).map(|()| format!("{url} answers")).map_err(|why| format!("{url} {why}"))
}

/// What a service's answer to `HEAD` means. Many know only `POST`, and say so in various ways.
fn judge_service(status: StatusCode) -> Result<(), String> {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(format!("does not let us in: {status}")),
        StatusCode::NOT_IMPLEMENTED => Ok(()),
        status if status.is_server_error() => Err(format!("is not well: {status}")),
        _ => Ok(()),
    }
}

async fn published(url: &url::Url) -> Result<String, String> {
    let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|error| error.to_string())?;
    let get = async { client.get(url.clone()).send().await?.error_for_status()?.bytes().await };
    let body = within(get).await.map_err(|error| format!("{url} cannot be fetched: {error}"))?;
    let keys: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
    match keys.as_ref().and_then(|set| set["keys"].as_array()) {
        Some(keys) if !keys.is_empty() => Ok(format!("{} keys at {url}", keys.len())),
        _ => Err(format!("{url} answers no set of keys")),
    }
}

fn finding(what: impl Into<Cow<'static, str>>, result: Result<String, String>) -> Finding {
    match result {
        Ok(found) => Finding { what: what.into(), wrong: None, found },
        Err(wrong) => Finding { what: what.into(), wrong: Some(wrong), found: String::new() },
    }
}

/// What an attempt came to, in time.
async fn within<T, E: std::error::Error>(attempt: impl Future<Output = Result<T, E>>) -> Result<T, String> {
    match tokio::time::timeout(PATIENCE, attempt).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(told(&error)),
        Err(_) => Err(format!("no answer within {} seconds", PATIENCE.as_secs())),
    }
}

/// An error with what led to it, each part once.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let part = error.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_knows_only_post_is_well_and_one_that_lets_nobody_in_is_not() {
        for well in [200, 204, 302, 400, 404, 405, 501] {
            assert!(judge_service(StatusCode::from_u16(well).unwrap()).is_ok(), "{well}");
        }
        for wrong in [401, 403, 500, 502, 503] {
            assert!(judge_service(StatusCode::from_u16(wrong).unwrap()).is_err(), "{wrong}");
        }
    }
}
