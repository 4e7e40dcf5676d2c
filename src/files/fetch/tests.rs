//! Fetching from real servers on this machine, most of them hostile.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::get;
use base64::Engine as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::kernel::SystemClock;
use reqwest::Method;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0 and so on, as pictures go";

/// Names that resolve as the test says: the answers one after the other, the last one for ever.
#[derive(Default)]
struct Names {
    answers: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    asked: AtomicUsize,
}

impl Names {
    fn of(host: &str, answers: &[&[&str]]) -> Arc<Self> {
        let names = Self::default();
        let answers = answers.iter().map(|all| all.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        names.answers.lock().unwrap().insert(host.to_owned(), answers);
        Arc::new(names)
    }
}

#[async_trait]
impl NameResolver for Names {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answers = answers.get_mut(host).ok_or_else(|| io::Error::other("no such name"))?;
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

/// A server that counts its requests.
struct Server {
    address: SocketAddr,
    hits: Arc<AtomicUsize>,
}

impl Server {
    async fn serving(routes: Router) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), routes)
    }

    fn on(listener: TcpListener, routes: Router) -> Self {
        let hits = Arc::new(AtomicUsize::new(0));
        let counter = hits.clone();
        let routes = routes.layer(axum::middleware::from_fn(move |request, next: axum::middleware::Next| {
            counter.fetch_add(1, Ordering::SeqCst);
            next.run(request)
        }));
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, hits }
    }

    /// A server that reads a request's head and then does as told with the connection.
    async fn raw<F: Future<Output = io::Result<()>> + Send>(
        answer: impl Fn(TcpStream) -> F + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let hits = Arc::new(AtomicUsize::new(0));
        let counter = hits.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let answer = answer.clone();
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        head.push(stream.read_u8().await?);
                    }
                    answer(stream).await
                });
            }
        });
        Self { address, hits }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }
}

fn config(listed: &[&Server]) -> FetchConfig {
    let allow = listed.iter().map(|server| server.address.to_string().parse::<HostPort>().unwrap()).collect();
    // Long enough for a busy machine; what is to run into it sets its own.
    FetchConfig { allow, max_bytes: 1_000, ..FetchConfig::default() }
}

fn fetcher(listed: &[&Server]) -> Fetcher {
    fetcher_with(config(listed), Arc::new(Names::default()))
}

fn fetcher_with(config: FetchConfig, names: Arc<dyn NameResolver>) -> Fetcher {
    Fetcher::new(config, names, Arc::new(SystemClock)).unwrap()
}

async fn fetch(fetcher: &Fetcher, url: &str) -> Result<Bytes, FetchError> {
    fetcher.fetch(&Url::parse(url).unwrap(), &CancellationToken::new()).await
}

async fn code(fetcher: &Fetcher, url: &str) -> (&'static str, bool) {
    match fetch(fetcher, url).await {
        Ok(_) => ("fetched", false),
        Err(error) => (error.code(), error.is_transient()),
    }
}

fn pictures() -> Router {
    Router::new().route("/a.jpg", get(|| async { JPEG }))
}

/// A server that sends these bytes and closes.
async fn saying(answer: impl Into<Vec<u8>>) -> Server {
    let answer = Arc::new(answer.into());
    Server::raw(move |mut stream| {
        let answer = answer.clone();
        async move {
            stream.write_all(&answer).await?;
            stream.shutdown().await
        }
    })
    .await
}

#[tokio::test]
async fn a_picture_is_fetched_whole_from_a_listed_host() {
    let server = Server::serving(pictures()).await;
    assert_eq!(fetch(&fetcher(&[&server]), &server.url("/a.jpg")).await.unwrap(), JPEG);
}

#[tokio::test]
async fn a_private_address_is_never_connected_to() {
    let server = Server::serving(pictures()).await;
    let port = server.address.port();
    let fetcher = fetcher(&[]);
    for host in [
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "127.0.0.1.",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "%31%32%37.1",
    ] {
        assert_eq!(
            code(&fetcher, &format!("http://{host}:{port}/a.jpg")).await,
            ("FETCH_FORBIDDEN", false),
            "{host}"
        );
    }
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn listing_one_port_opens_no_other() {
    let (listed, other) = (Server::serving(pictures()).await, Server::serving(pictures()).await);
    let fetcher = fetcher(&[&listed]);
    assert_eq!(code(&fetcher, &listed.url("/a.jpg")).await.0, "fetched");
    assert_eq!(code(&fetcher, &other.url("/a.jpg")).await.0, "FETCH_FORBIDDEN");
    assert_eq!(other.hits(), 0);
}

#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_refused() {
    let server = Server::serving(pictures()).await;
    for answer in [
        &["127.0.0.1"][..],
        &["93.184.216.34", "127.0.0.1"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["10.0.0.1"],
        &["169.254.169.254"],
        &["64:ff9b::7f00:1"],
    ] {
        let fetcher = fetcher_with(config(&[]), Names::of("inside.example", &[answer]));
        let url = format!("http://inside.example:{}/a.jpg", server.address.port());
        assert_eq!(code(&fetcher, &url).await, ("FETCH_FORBIDDEN", false), "{answer:?}");
    }
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn localhost_is_refused_as_this_machine_resolves_it() {
    let server = Server::serving(pictures()).await;
    let fetcher = fetcher_with(config(&[]), Arc::new(SystemResolver));
    for host in ["localhost", "LOCALHOST", "%6cocalhost"] {
        let url = format!("http://{host}:{}/a.jpg", server.address.port());
        assert_eq!(code(&fetcher, &url).await.0, "FETCH_FORBIDDEN", "{host}");
    }
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn a_listed_name_may_resolve_to_a_private_address() {
    let server = Server::serving(pictures()).await;
    let authority = format!("images.internal:{}", server.address.port());
    let config = FetchConfig { allow: authority.parse().unwrap(), ..config(&[]) };
    let fetcher = fetcher_with(config, Names::of("images.internal", &[&["127.0.0.1"]]));
    assert_eq!(code(&fetcher, &format!("http://{authority}/a.jpg")).await.0, "fetched");
}

/// For tests that need a public address without leaving the machine: all of loopback but 127.0.0.1.
fn only_the_first_loopback(address: IpAddr) -> bool {
    address == Ipv4Addr::LOCALHOST
}

/// Two servers on one port: one at a "public" address, one inside.
async fn public_and_inside(public: Router, inside: Router) -> (Server, Server) {
    loop {
        let outer = TcpListener::bind("127.0.0.2:0").await.unwrap();
        // Someone else may hold the port there.
        if let Ok(inner) = TcpListener::bind(("127.0.0.1", outer.local_addr().unwrap().port())).await {
            return (Server::on(outer, public), Server::on(inner, inside));
        }
    }
}

#[tokio::test]
async fn rebinding_a_name_after_the_check_gains_nothing() {
    let (public, inside) = public_and_inside(pictures(), pictures()).await;
    let names = Names::of("rebind.example", &[&["127.0.0.2"], &["127.0.0.1"]]);
    let fetcher =
        Fetcher::guarded_by(only_the_first_loopback, config(&[]), names.clone(), Arc::new(SystemClock))
            .unwrap();

    let url = format!("http://rebind.example:{}/a.jpg", public.address.port());
    assert_eq!(code(&fetcher, &url).await.0, "fetched");
    assert_eq!(names.asked.load(Ordering::SeqCst), 1, "what was checked is what was connected to");
    assert_eq!((public.hits(), inside.hits()), (1, 0));
}

#[tokio::test]
async fn a_name_that_turns_private_between_two_hops_is_refused() {
    let bounce = Router::new().route(
        "/a.jpg",
        get(|| async { ([("connection", "close")], Redirect::temporary("/again")).into_response() }),
    );
    let (public, inside) =
        public_and_inside(bounce, Router::new().route("/again", get(|| async { JPEG }))).await;
    let names = Names::of("rebind.example", &[&["127.0.0.2"], &["127.0.0.1"]]);
    let fetcher =
        Fetcher::guarded_by(only_the_first_loopback, config(&[]), names, Arc::new(SystemClock)).unwrap();

    let url = format!("http://rebind.example:{}/a.jpg", public.address.port());
    assert_eq!(code(&fetcher, &url).await, ("FETCH_FORBIDDEN", false));
    assert_eq!((public.hits(), inside.hits()), (1, 0));
}

#[tokio::test]
async fn a_redirect_to_what_is_forbidden_is_refused() {
    let inside = Server::serving(pictures()).await;
    let port = inside.address.port();
    for target in [
        format!("http://127.0.0.1:{port}/a.jpg"),
        format!("//127.0.0.1:{port}/a.jpg"),
        format!("http://0x7f.1:{port}/a.jpg"),
        format!("http://[::ffff:127.0.0.1]:{port}/a.jpg"),
        format!("http://inside.example:{port}/a.jpg"),
        format!("http://me:pw@127.0.0.1:{port}/a.jpg"),
        "file:///etc/passwd".to_owned(),
        "ftp://127.0.0.1/x".to_owned(),
        "data:image/png;base64,AAAA".to_owned(),
    ] {
        let location = target.clone();
        let outer =
            Server::serving(Router::new().route("/", get(|| async move { Redirect::temporary(&location) })))
                .await;
        let fetcher = fetcher_with(config(&[&outer]), Names::of("inside.example", &[&["127.0.0.1"]]));
        assert_eq!(code(&fetcher, &outer.url("/")).await, ("FETCH_FORBIDDEN", false), "{target}");
        assert_eq!(outer.hits(), 1);
    }
    assert_eq!(inside.hits(), 0);
}

#[tokio::test]
async fn five_redirects_are_followed_and_the_sixth_is_not() {
    let hop = |axum::extract::Path(left): axum::extract::Path<u8>| async move {
        match left {
            0 => JPEG.into_response(),
            left => Redirect::permanent(&format!("{}", left - 1)).into_response(),
        }
    };
    let server = Server::serving(Router::new().route("/{left}", get(hop))).await;
    let fetcher = fetcher(&[&server]);
    assert_eq!(code(&fetcher, &server.url("/5")).await.0, "fetched");
    assert_eq!(server.hits(), 6);
    let error = fetch(&fetcher, &server.url("/6")).await.unwrap_err();
    assert!(matches!(error, FetchError::TooManyRedirects(5)), "{error}");
    assert_eq!((error.code(), error.is_transient()), ("FETCH_FAILED", false));
}

#[tokio::test]
async fn a_redirect_loop_ends() {
    let server = Server::serving(Router::new().route("/", get(|| async { Redirect::to("/") }))).await;
    assert_eq!(code(&fetcher(&[&server]), &server.url("/")).await, ("FETCH_FAILED", false));
    assert_eq!(server.hits(), 6);
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_a_final_failure() {
    for location in ["", "Location: http://[\r\n", "Location: http://256.256.256.256/\r\n"] {
        let server = saying(format!("HTTP/1.1 302 Found\r\n{location}Content-Length: 0\r\n\r\n")).await;
        let error = fetch(&fetcher(&[&server]), &server.url("/")).await.unwrap_err();
        assert!(matches!(error, FetchError::BadRedirect), "{location}: {error}");
        assert_eq!((error.code(), error.is_transient()), ("FETCH_FAILED", false));
    }
}

#[tokio::test]
async fn a_server_that_never_answers_runs_into_the_timeout() {
    let server = Server::raw(|stream| async move {
        let _held = stream;
        std::future::pending().await
    })
    .await;
    let config = FetchConfig { timeout_ms: 200, ..config(&[&server]) };
    let fetcher = fetcher_with(config, Arc::new(Names::default()));
    assert_eq!(code(&fetcher, &server.url("/")).await, ("FETCH_TIMEOUT", true));
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_server_that_stops_half_way_runs_into_the_timeout() {
    let server = Server::raw(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n").await?;
        stream.write_all(JPEG).await?;
        std::future::pending().await
    })
    .await;
    let config = FetchConfig { timeout_ms: 200, ..config(&[&server]) };
    let fetcher = fetcher_with(config, Arc::new(Names::default()));
    assert_eq!(code(&fetcher, &server.url("/")).await, ("FETCH_TIMEOUT", true));
}

#[tokio::test]
async fn redirects_share_one_timeout() {
    // Each hop alone is within the time; all of them are not.
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        Redirect::temporary("/")
    };
    let server = Server::serving(Router::new().route("/", get(slow))).await;
    let config = FetchConfig { timeout_ms: 500, ..config(&[&server]) };
    let fetcher = fetcher_with(config, Arc::new(Names::default()));
    assert_eq!(code(&fetcher, &server.url("/")).await, ("FETCH_TIMEOUT", true));
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = sent.clone();
    let endless = move || {
        let counter = counter.clone();
        let pieces = futures::stream::repeat_with(move || {
            counter.fetch_add(JPEG.len(), Ordering::SeqCst);
            Ok::<_, io::Error>(Bytes::from_static(JPEG))
        });
        async move { Body::from_stream(pieces) }
    };
    let server = Server::serving(Router::new().route("/", get(endless))).await;
    assert_eq!(code(&fetcher(&[&server]), &server.url("/")).await, ("TOO_LARGE", false));
    // What the sockets' buffers take, and no more.
    assert!(sent.load(Ordering::SeqCst) < 64 * 1024 * 1024);
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_not_read() {
    // Nothing of the body ever comes: only the header can have told.
    let server = Server::raw(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n").await?;
        std::future::pending().await
    })
    .await;
    assert_eq!(code(&fetcher(&[&server]), &server.url("/")).await, ("TOO_LARGE", false));
}

#[tokio::test]
async fn a_body_of_just_the_limit_is_taken() {
    let picture = |size: usize| {
        let mut bytes = JPEG.to_vec();
        bytes.resize(size, 0);
        move || async move { bytes.clone() }
    };
    let routes = Router::new().route("/fits", get(picture(1_000))).route("/over", get(picture(1_001)));
    let server = Server::serving(routes).await;
    let fetcher = fetcher(&[&server]);
    assert_eq!(fetch(&fetcher, &server.url("/fits")).await.unwrap().len(), 1_000);
    assert_eq!(code(&fetcher, &server.url("/over")).await.0, "TOO_LARGE");
}

#[tokio::test]
async fn a_body_shorter_than_it_says_is_no_picture_yet() {
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n".to_vec();
    answer.extend_from_slice(JPEG);
    let server = saying(answer).await;
    assert_eq!(code(&fetcher(&[&server]), &server.url("/")).await, ("FETCH_FAILED", true));
}

#[tokio::test]
async fn a_chunked_body_that_breaks_off_is_no_picture_yet() {
    let mut answer =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", JPEG.len()).into_bytes();
    answer.extend_from_slice(JPEG);
    answer.extend_from_slice(b"\r\n");
    let server = saying(answer).await;
    assert_eq!(code(&fetcher(&[&server]), &server.url("/")).await, ("FETCH_FAILED", true));
}

#[tokio::test]
async fn a_body_longer_than_it_says_ends_where_it_says() {
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n".to_vec();
    answer.extend_from_slice(JPEG);
    answer.extend_from_slice(&[0; 5_000]);
    let server = saying(answer).await;
    assert_eq!(fetch(&fetcher(&[&server]), &server.url("/")).await.unwrap(), JPEG[..40]);
}

#[tokio::test]
async fn a_compressed_bomb_is_not_unpacked() {
    // 64 KiB that begin as a JPEG does; 110 bytes as gzip.
    let bomb = base64::engine::general_purpose::STANDARD.decode(BOMB).unwrap();
    let accepted = Arc::new(Mutex::new(None));
    let seen = accepted.clone();
    let answer = move |headers: HeaderMap| {
        *seen.lock().unwrap() = headers.get("accept-encoding").cloned();
        let bomb = bomb.clone();
        async move { ([("content-encoding", "gzip"), ("content-type", "image/jpeg")], bomb) }
    };
    let server = Server::serving(Router::new().route("/", get(answer))).await;
    assert_eq!(code(&fetcher(&[&server]), &server.url("/")).await, ("NOT_AN_IMAGE", false));
    assert_eq!(accepted.lock().unwrap().as_ref().unwrap(), "identity");
}

const BOMB: &str = "H4sIAAAAAAACA+3BMQ0AMAgAMCRMFQnzf+ycE0BI237949ysDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFgD2H72DgoAAQA=";

#[tokio::test]
async fn what_counts_is_the_content_and_not_its_label() {
    let routes = Router::new()
        .route(
            "/page",
            get(|| async {
                ([("content-type", "image/jpeg")], "<html>a page that says it is a picture</html>")
            }),
        )
        .route("/picture", get(|| async { ([("content-type", "text/plain")], JPEG) }))
        .route(
            "/svg",
            get(|| async {
                ([("content-type", "image/svg+xml")], "<svg xmlns='http://www.w3.org/2000/svg'/>")
            }),
        )
        .route("/short", get(|| async { "GIF8" }))
        .route("/tiny", get(|| async { "GIF89a" }))
        .route("/empty", get(|| async { "" }));
    let server = Server::serving(routes).await;
    let fetcher = fetcher(&[&server]);
    assert_eq!(code(&fetcher, &server.url("/picture")).await.0, "fetched");
    assert_eq!(code(&fetcher, &server.url("/tiny")).await.0, "fetched");
    for path in ["/page", "/svg", "/short", "/empty"] {
        assert_eq!(code(&fetcher, &server.url(path)).await, ("NOT_AN_IMAGE", false), "{path}");
    }
}

#[tokio::test]
async fn what_is_no_picture_is_known_from_its_first_bytes() {
    // It never ends, so only its beginning can have told.
    let server = Server::raw(|mut stream| async move {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<html><head><title>no picture</title>")
            .await?;
        std::future::pending().await
    })
    .await;
    assert_eq!(code(&fetcher(&[&server]), &server.url("/")).await, ("NOT_AN_IMAGE", false));
}

#[tokio::test]
async fn a_status_decides_whether_to_try_again() {
    let answer = |axum::extract::Path(status): axum::extract::Path<u16>| async move {
        (StatusCode::from_u16(status).unwrap(), [("retry-after", "7")], "the secret inside")
    };
    let server = Server::serving(Router::new().route("/{status}", get(answer))).await;
    let fetcher = fetcher(&[&server]);
    for (status, expected) in
        [(404, false), (403, false), (410, false), (429, true), (500, true), (503, true)]
    {
        let error = fetch(&fetcher, &server.url(&format!("/{status}"))).await.unwrap_err();
        assert_eq!((error.code(), error.is_transient()), ("FETCH_FAILED", expected), "{status}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert_eq!(error.to_string(), format!("the server answered {status}"));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_may_come_back() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let config = FetchConfig { allow: format!("127.0.0.1:{port}").parse().unwrap(), ..config(&[]) };
    let fetcher = fetcher_with(config, Arc::new(Names::default()));
    assert_eq!(code(&fetcher, &format!("http://127.0.0.1:{port}/")).await, ("FETCH_FAILED", true));
    assert_eq!(code(&fetcher, "http://no-such-name.example/").await, ("FETCH_FAILED", true));
}

#[tokio::test]
async fn a_connection_that_is_reset_may_work_next_time() {
    let server = Server::raw(|stream| async move {
        // Closing with unread data or without lingering sends a reset.
        stream.set_zero_linger()
    })
    .await;
    assert_eq!(code(&fetcher(&[&server]), &server.url("/")).await, ("FETCH_FAILED", true));
}

#[tokio::test]
async fn a_server_without_tls_is_not_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"this is no TLS, and it never will be\r\n").await?;
            // Closing with a part of the client's greeting unread would reset the connection.
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
        }
        Ok::<_, io::Error>(())
    });
    let config = FetchConfig { allow: address.to_string().parse().unwrap(), ..config(&[]) };
    let fetcher = fetcher_with(config, Arc::new(Names::default()));
    assert_eq!(code(&fetcher, &format!("https://{address}/")).await, ("FETCH_FAILED", false));
}

#[tokio::test]
async fn what_is_no_http_is_a_failure() {
    let server = saying("220 mail.example ESMTP\r\n").await;
    assert_eq!(code(&fetcher(&[&server]), &server.url("/")).await.0, "FETCH_FAILED");
}

#[tokio::test]
async fn a_cancelled_fetch_ends_at_once() {
    let cancel = CancellationToken::new();
    let on_request = cancel.clone();
    let server = Server::raw(move |stream| {
        let cancel = on_request.clone();
        async move {
            let _held = stream;
            cancel.cancel();
            std::future::pending().await
        }
    })
    .await;
    let url = Url::parse(&server.url("/")).unwrap();
    let error = fetcher(&[&server]).fetch(&url, &cancel).await.unwrap_err();
    assert!(matches!(error, FetchError::Cancelled), "{error}");
}

#[tokio::test]
async fn no_message_tells_where_it_went_or_what_was_there() {
    let secret = "the-secret-inside";
    let server =
        saying(format!("HTTP/1.1 500 {secret}\r\nX-Secret: {secret}\r\nContent-Length: 17\r\n\r\n{secret}"))
            .await;
    let page = saying(format!("HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{secret}")).await;
    let port = server.address.port().to_string();
    let listed = fetcher(&[&server, &page]);
    let unlisted = fetcher_with(config(&[]), Names::of("inside.example", &[&["10.9.8.7"]]));
    let messages = [
        fetch(&listed, &server.url("/")).await.unwrap_err().to_string(),
        fetch(&listed, &page.url("/")).await.unwrap_err().to_string(),
        fetch(&unlisted, &server.url("/")).await.unwrap_err().to_string(),
        fetch(&unlisted, "http://inside.example/").await.unwrap_err().to_string(),
        fetch(&unlisted, "http://unknown.example/").await.unwrap_err().to_string(),
    ];
    for message in messages {
        for leak in [secret, "127.0.0.1", "10.9.8.7", &port] {
            assert!(!message.contains(leak), "{message} tells {leak}");
        }
    }
}

#[tokio::test]
async fn a_proxy_of_the_environment_is_not_used() {
    let server = Server::serving(pictures()).await;
    let proxy = saying("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy").await;
    // The environment belongs to the whole process, so another one has to try it.
    let child = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "files::fetch::tests::fetches_what_the_environment_names"])
        .env("DOCKET_TEST_FETCH", server.address.to_string())
        .envs(["http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"].map(|name| (name, proxy.url("/"))))
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .await
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert_eq!((server.hits(), proxy.hits()), (1, 0));
}

#[tokio::test]
#[ignore = "run by the test of the environment's proxies, in a process of its own"]
async fn fetches_what_the_environment_names() {
    let address = std::env::var("DOCKET_TEST_FETCH").unwrap();
    let config = FetchConfig { allow: address.parse().unwrap(), ..config(&[]) };
    let fetcher = fetcher_with(config, Arc::new(Names::default()));
    assert_eq!(fetch(&fetcher, &format!("http://{address}/a.jpg")).await.unwrap(), JPEG);
}

/// Posts `body` to an address, and reads at most so much of the answer.
async fn posted(fetcher: &Fetcher, url: &str, max_answer: usize) -> Result<Answer, FetchError> {
    let headers = HeaderMap::from_iter([("x-told".parse().unwrap(), "yes".parse().unwrap())]);
    let (url, timeout) = (url.parse().unwrap(), Duration::from_secs(20));
    fetcher
        .send(Outgoing {
            method: Method::POST,
            url,
            headers,
            body: Bytes::from_static(b"news"),
            timeout,
            max_answer,
        })
        .await
}

#[tokio::test]
async fn what_is_posted_goes_by_the_same_guard() {
    let echo = |headers: HeaderMap, body: Bytes| async move {
        [headers["x-told"].as_bytes(), b" ", &body[..]].concat()
    };
    let server = Server::serving(Router::new().route("/", axum::routing::post(echo))).await;
    let answer = posted(&fetcher(&[&server]), &server.url("/"), 100).await.unwrap();
    assert_eq!((answer.status, &answer.body[..], answer.is_whole), (200, &b"yes news"[..], true));
    // Neither an address inside, nor a name that has one.
    let nothing_listed = fetcher(&[]);
    let refused = posted(&nothing_listed, &server.url("/"), 100).await.unwrap_err();
    assert!(matches!(refused, FetchError::Forbidden(Refusal::Address)), "{refused}");
    assert_eq!(nothing_listed.admits(&server.url("/").parse().unwrap()), Err(Refusal::Address));
    let names = Names::of("inside.example", &[&["93.184.216.34", "127.0.0.1"]]);
    let named = fetcher_with(config(&[]), names);
    let url = format!("http://inside.example:{}/", server.address.port());
    assert_eq!(named.admits(&url.parse().unwrap()), Ok(()), "a name is judged when it is connected to");
    let refused = posted(&named, &url, 100).await.unwrap_err();
    assert!(matches!(refused, FetchError::Forbidden(Refusal::Address)), "{refused}");
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn whatever_a_post_is_answered_is_an_answer() {
    let routes = Router::new()
        .route("/away", axum::routing::post(|| async { Redirect::temporary("/echo") }))
        .route("/echo", axum::routing::post(|body: Bytes| async { body }))
        .route(
            "/busy",
            axum::routing::post(|| async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "90000")]) }),
        )
        .route(
            "/endless",
            axum::routing::post(|| async {
                let parts = futures::stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from_static(&[7; 64])));
                Body::from_stream(parts)
            }),
        );
    let server = Server::serving(routes).await;
    let fetcher = fetcher(&[&server]);
    let away = posted(&fetcher, &server.url("/away"), 100).await.unwrap();
    assert_eq!((away.status, server.hits()), (307, 1), "nobody follows it");
    let busy = posted(&fetcher, &server.url("/busy"), 100).await.unwrap();
    let hour = Duration::from_secs(3_600);
    assert_eq!((busy.status, busy.retry_after(SystemClock.now(), hour)), (429, Some(hour)));
    let endless = posted(&fetcher, &server.url("/endless"), 100).await.unwrap();
    assert_eq!((endless.status, endless.body.len(), endless.is_whole), (200, 100, false));
    let whole = posted(&fetcher, &server.url("/echo"), 4).await.unwrap();
    assert_eq!((&whole.body[..], whole.is_whole), (&b"news"[..], true));
}

#[tokio::test]
async fn a_post_that_is_not_answered_in_time_says_so() {
    let never = Router::new().route("/", axum::routing::post(std::future::pending::<()>));
    let server = Server::serving(never).await;
    let (url, timeout) = (server.url("/").parse().unwrap(), Duration::from_millis(50));
    let post = Outgoing {
        method: Method::POST,
        url,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        timeout,
        max_answer: 9,
    };
    let error = fetcher(&[&server]).send(post).await.unwrap_err();
    assert!(matches!(error, FetchError::Timeout), "{error}");
}
