//! The playground's files, bundled into the binary.

use std::borrow::Cow;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{Html, IntoResponse as _, Response};
use rust_embed::RustEmbed;

use super::problem::Problem;
use super::state::HttpState;
use crate::kernel::Fault;

/// Shown where the playground was not built before the program was.
const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>Docket</title>\
    <h1>Docket is running</h1><p>The playground is not part of this build. Run <code>make run</code>, or \
    <code>npm ci &amp;&amp; npm run build</code> in <code>playground/</code> and build the program again.</p>\
    <p>The API is at <code>/graphql</code>.</p>";

/// Paths under which there are no pages: what is not there is an error as JSON, whoever asks.
const API_PREFIXES: [&str; 7] =
    ["/graphql/", "/files/", "/files", "/dev/", "/assets/", "/approvals/", "/metrics/"];

/// A file of the playground.
#[derive(Debug, Clone)]
pub struct Asset {
    /// What is in it.
    pub data: Cow<'static, [u8]>,
    /// Its media type.
    pub media_type: String,
    /// Changes whenever the file does.
    pub hash: String,
}

/// Where the playground's files come from.
pub trait Assets: Send + Sync {
    /// The file at a path without a leading slash.
    fn get(&self, path: &str) -> Option<Asset>;
}

/// The files of `playground/dist`: bundled in a release build, read from there in a development one.
#[derive(Debug, Clone, Copy, RustEmbed)]
#[folder = "playground/dist"]
#[allow_missing = true]
pub struct Playground;

impl Assets for Playground {
    fn get(&self, path: &str) -> Option<Asset> {
        let file = <Self as RustEmbed>::get(path)?;
        let mime = mime_guess::from_path(path).first_or_octet_stream();
        let charset =
            if mime.type_() == "text" || mime.subtype() == "javascript" { "; charset=utf-8" } else { "" };
        Some(Asset {
            media_type: format!("{mime}{charset}"),
            hash: hex::encode(&file.metadata.sha256_hash()[..12]),
            data: file.data,
        })
    }
}

/// `GET /graphiql`.
pub(super) async fn graphiql<E>(State(state): State<HttpState<E>>, headers: HeaderMap) -> Response {
    let page = ["graphiql.html", "graphiql/index.html", "index.html"]
        .into_iter()
        .find_map(|path| Some((path, state.assets.get(path)?)));
    page.map_or_else(not_built, |(path, asset)| file(path, asset, &headers))
}

/// What no route answers: a file of the playground, a page of it (which is for the application
/// there to tell apart), or nothing.
pub(super) async fn fallback<E>(
    State(state): State<HttpState<E>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let path = uri.path();
    if method == Method::GET || method == Method::HEAD {
        let name = path.trim_start_matches('/');
        let is_plain = !name.split('/').any(|part| part.is_empty() || part.starts_with('.'));
        if let Some(asset) = Some(name).filter(|_| is_plain).and_then(|name| state.assets.get(name)) {
            return file(name, asset, &headers);
        }
        let is_api = API_PREFIXES.iter().any(|prefix| path.starts_with(prefix));
        if !is_api && (path == "/" || accepts_html(&headers)) {
            let index = state.assets.get("index.html");
            return index.map_or_else(not_built, |asset| file("index.html", asset, &headers));
        }
    }
    Problem::from(Fault::not_found("page")).into_response()
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accepts =
        |value: &axum::http::HeaderValue| value.to_str().is_ok_and(|value| value.contains("text/html"));
    headers.get_all(ACCEPT).iter().any(accepts)
}

fn not_built() -> Response {
    ([(CACHE_CONTROL, "no-store")], Html(NOT_BUILT)).into_response()
}

fn file(path: &str, asset: Asset, headers: &HeaderMap) -> Response {
    // Weak, for compression on the way changes the bytes and not what they mean.
    let tag = format!("W/\"{}\"", asset.hash);
    // The build puts a hash into the names of what lies in assets/.
    let caching =
        if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let common = [(ETAG, tag.as_str()), (CACHE_CONTROL, caching)];
    if is_known(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let body = match asset.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    (common, [(CONTENT_TYPE, asset.media_type)], body).into_response()
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let mut known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.any(|list| list.split(',').any(|one| one.trim() == "*" || opaque(one) == opaque(tag)))
}
