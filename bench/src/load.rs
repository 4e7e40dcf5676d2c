//! A load of so many connections, each asking again as soon as it has been answered.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::comparison::{Measured, Outcome};

/// A question that is asked over and over.
#[derive(Debug, Clone)]
pub struct Question {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    /// The path.
    pub path: &'static str,
    /// Posted as JSON; without one it is a GET.
    pub body: Option<Bytes>,
    /// The value of `Authorization`, where one is needed.
    pub authorization: Option<String>,
    /// What every right answer holds so often: a quick wrong answer must not count.
    pub expected: (&'static str, usize),
}

/// How hard.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Connections, each with one question at a time.
    pub connections: usize,
    /// How long each waits after an answer before it asks again.
    pub pause: Duration,
    /// Before anything counts.
    pub warm_up: Duration,
    /// What counts.
    pub duration: Duration,
}

impl Load {
    /// Loads a server and answers requests a second, with `p50 ms` and `p99 ms` beside.
    ///
    /// # Errors
    /// At the first answer that is not right, or where there is none in time.
    pub async fn run(self, question: &Question) -> Outcome<Measured> {
        let counts_from = Instant::now() + self.warm_up;
        let ends = counts_from + self.duration;
        let mut tasks = JoinSet::new();
        for _ in 0..self.connections {
            tasks.spawn(ask_until(question.clone(), self.pause, counts_from, ends));
        }
        let mut latencies = Vec::new();
        while let Some(task) = tasks.join_next().await {
            latencies.append(&mut task??);
        }
        if latencies.is_empty() {
            return Err(format!("{} answered nothing in {:?}", question.address, self.duration).into());
        }
        latencies.sort_unstable();
        let rate = latencies.len() as f64 / self.duration.as_secs_f64();
        Ok(Measured::of(rate)
            .with("p50 ms", milliseconds(percentile(&latencies, 50)))
            .with("p99 ms", milliseconds(percentile(&latencies, 99))))
    }
}

/// The latencies of the answers that came between the two times.
async fn ask_until(
    question: Question,
    pause: Duration,
    counts_from: Instant,
    ends: Instant,
) -> Outcome<Vec<Duration>> {
    let host = question.address.trim_start_matches("http://");
    let stream = TcpStream::connect(host).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut latencies = Vec::new();
    let mut is_first = true;
    loop {
        let asked = Instant::now();
        let response = sender.send_request(question.request(host)?).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let answered = Instant::now();
        // Counting words in every answer would take the servers' own time away.
        if is_first || !status.is_success() {
            question.check(status, &body)?;
            is_first = false;
        }
        if answered >= ends {
            return Ok(latencies);
        }
        if asked >= counts_from {
            latencies.push(answered - asked);
        }
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
}

impl Question {
    fn request(&self, host: &str) -> Outcome<Request<Full<Bytes>>> {
        let method = if self.body.is_some() { Method::POST } else { Method::GET };
        let mut request = Request::builder().method(method).uri(self.path).header("host", host);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        if self.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        Ok(request.body(Full::new(self.body.clone().unwrap_or_default()))?)
    }

    fn check(&self, status: hyper::StatusCode, body: &[u8]) -> Outcome<()> {
        let text = String::from_utf8_lossy(body);
        let (word, times) = self.expected;
        let found = text.matches(word).count();
        if status.is_success() && found == times {
            return Ok(());
        }
        let start: String = text.chars().take(300).collect();
        Err(format!("a wrong answer ({status}, {found} × {word:?} instead of {times}): {start}").into())
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The latency that `percent` of the sorted ones do not exceed (nearest rank); 0 of none.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_latencies() {
        let latencies: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&latencies, 50), Duration::from_millis(100));
        assert_eq!(percentile(&latencies, 99), Duration::from_millis(198));
        assert_eq!(percentile(&latencies[..1], 99), Duration::from_millis(1));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }

    #[test]
    fn a_quick_wrong_answer_is_refused() {
        let question = Question {
            address: String::new(),
            path: "/graphql",
            body: None,
            authorization: None,
            expected: ("\"index\"", 2),
        };
        let ok = hyper::StatusCode::OK;
        assert!(question.check(ok, br#"[{"index":0},{"index":1}]"#).is_ok());
        assert!(question.check(ok, br#"{"errors":[{"message":"no"}]}"#).is_err());
        assert!(question.check(hyper::StatusCode::BAD_GATEWAY, br#"[{"index":0},{"index":1}]"#).is_err());
    }
}
