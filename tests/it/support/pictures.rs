//! A picture server on this machine: good pictures, bad ones, and some that wait or break on request.

use std::collections::HashMap;
use std::io::Cursor;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use image::{ImageFormat, Rgb, RgbImage};
use tokio::sync::Semaphore;

/// The most pixels that tests let a picture have.
pub const MAX_PIXELS: u64 = 1_000_000;

struct Shared {
    good: Vec<u8>,
    huge: Vec<u8>,
    mended: AtomicBool,
    gate: Semaphore,
    waiting: tokio::sync::watch::Sender<usize>,
    given_up: tokio::sync::watch::Sender<usize>,
    served: AtomicUsize,
}

/// The server; it ends with the test's runtime.
#[derive(Clone)]
pub struct Pictures {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Pictures {
    pub async fn start() -> Self {
        let shared = Arc::new(Shared {
            good: encoded(
                &RgbImage::from_fn(48, 32, |x, y| Rgb([x as u8 * 5, y as u8 * 7, 90])),
                ImageFormat::Jpeg,
            ),
            huge: encoded(&RgbImage::new(1_200, 1_000), ImageFormat::Png),
            mended: AtomicBool::new(false),
            gate: Semaphore::new(0),
            waiting: tokio::sync::watch::Sender::new(0),
            given_up: tokio::sync::watch::Sender::new(0),
            served: AtomicUsize::new(0),
        });
        let router =
            Router::new().route("/{kind}/{name}", axum::routing::get(serve)).with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, shared }
    }

    /// `host:port`, for the list of hosts that may be fetched from.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    fn urls(&self, kind: &str, count: usize) -> Vec<String> {
        (0..count).map(|n| format!("http://{}/{kind}/{n}.jpg", self.address)).collect()
    }

    /// Good pictures.
    pub fn good(&self, count: usize) -> Vec<String> {
        self.urls("good", count)
    }

    /// Nothing there.
    pub fn missing(&self, count: usize) -> Vec<String> {
        self.urls("missing", count)
    }

    /// Not a picture, whatever it is called.
    pub fn texts(&self, count: usize) -> Vec<String> {
        self.urls("text", count)
    }

    /// More pixels than allowed.
    pub fn huge(&self, count: usize) -> Vec<String> {
        self.urls("huge", count)
    }

    /// Nothing there, until [`Pictures::mend`].
    pub fn broken(&self, count: usize) -> Vec<String> {
        self.urls("broken", count)
    }

    /// Good pictures that are held back, until [`Pictures::let_through`].
    pub fn gated(&self, count: usize) -> Vec<String> {
        self.urls("gated", count)
    }

    /// What was broken is good from now on.
    pub fn mend(&self) {
        self.shared.mended.store(true, Ordering::SeqCst);
    }

    /// Lets so many of the gated ones through.
    pub fn let_through(&self, count: usize) {
        self.shared.gate.add_permits(count);
    }

    /// Waits until so many gated ones have been asked for.
    pub async fn asked_for(&self, count: usize) {
        self.shared.waiting.subscribe().wait_for(|waiting| *waiting >= count).await.unwrap();
    }

    /// Waits until so many gated ones have been given up by those who had asked for them.
    #[allow(dead_code, reason = "only the tests of the whole program ask for it")]
    pub async fn given_up(&self, count: usize) {
        self.shared.given_up.subscribe().wait_for(|given_up| *given_up >= count).await.unwrap();
    }

    /// How many pictures were served in all.
    pub fn served(&self) -> usize {
        self.shared.served.load(Ordering::SeqCst)
    }

    /// A good picture's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.shared.good.clone()
    }
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Somebody who has asked for a gated picture; whoever goes without it is counted.
struct Asked<'a> {
    given_up: &'a tokio::sync::watch::Sender<usize>,
    is_served: bool,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        if !self.is_served {
            self.given_up.send_modify(|given_up| *given_up += 1);
        }
    }
}

async fn serve(State(shared): State<Arc<Shared>>, Path(path): Path<HashMap<String, String>>) -> Response {
    shared.served.fetch_add(1, Ordering::SeqCst);
    let picture = |bytes: &Vec<u8>| ([(header::CONTENT_TYPE, "image/jpeg")], bytes.clone()).into_response();
    match path["kind"].as_str() {
        "good" => picture(&shared.good),
        "huge" => picture(&shared.huge),
        "text" => picture(&b"<html>I am no picture</html>".to_vec()),
        "broken" if shared.mended.load(Ordering::SeqCst) => picture(&shared.good),
        "gated" => {
            let mut asked = Asked { given_up: &shared.given_up, is_served: false };
            shared.waiting.send_modify(|waiting| *waiting += 1);
            shared.gate.acquire().await.unwrap().forget();
            asked.is_served = true;
            picture(&shared.good)
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
