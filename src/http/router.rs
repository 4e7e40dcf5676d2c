//! The routes.

use std::sync::Arc;

use async_graphql::Executor;
use axum::http::header::{
    AUTHORIZATION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::routing::get;
use axum::{Extension, Router, middleware};
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use super::config::HttpConfig;
use super::graphql::{over_http, ws};
use super::problem::Problem;
use super::request_id;
use super::state::HttpState;
use super::{assets, dev_users, health, metrics, observe, origin};
use crate::kernel::{ErrorCode, Fault};

/// What our pages may load: their own scripts (the editor in GraphiQL runs workers from blobs),
/// styles that components write themselves, pictures from here and from memory; and nobody may frame
/// them.
const PAGE_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
    object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// Builds the router. `further` are the routes of other rooms (files, archives, sheets): they get the
/// caller by [`Authenticated`](super::Authenticated), answer errors as [`Problem`], bound their own
/// bodies, and are observed and protected as the rest is. They have no fallback of their own.
pub fn router<E: Executor>(state: HttpState<E>, further: Router) -> Router {
    let pages = Router::new()
        .route("/graphiql", get(assets::graphiql::<E>))
        .fallback(assets::fallback::<E>)
        // The fallback answers for every method, so this is for the pages above alone.
        .layer(CompressionLayer::new());
    let routes = Router::new()
        .route("/graphql", get(over_http::get::<E>).post(over_http::post::<E>))
        .route("/graphql/ws", get(ws::upgrade::<E>))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz::<E>))
        .route("/metrics", get(metrics::render::<E>))
        .route("/dev/users", get(dev_users::list::<E>))
        .merge(pages)
        .with_state(state.clone())
        .merge(further)
        .method_not_allowed_fallback(method_not_allowed);
    let config = Arc::clone(&state.config);
    let observed = routes
        .layer(Extension(state.authenticator))
        .layer(middleware::from_fn_with_state(Arc::clone(&config), origin::check_host))
        .layer(middleware::from_fn(observe::observe));
    protected(observed, &config)
}

/// Adds the headers that tell browsers what not to do, where a route has not set its own.
fn protected(routes: Router, config: &HttpConfig) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let routes = routes
        .layer(header(CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(X_FRAME_OPTIONS, "DENY"))
        // Links may carry a signature: it is not told to where they lead.
        .layer(header(REFERRER_POLICY, "no-referrer"));
    match cors(config) {
        Some(cors) => routes.layer(cors),
        None => routes,
    }
}

/// Lets pages of the configured origins call. No cookies are involved, only the token they bring.
fn cors(config: &HttpConfig) -> Option<CorsLayer> {
    let origins = config.allowed_origins.iter();
    let origins: Vec<HeaderValue> =
        origins.filter_map(|origin| HeaderValue::from_str(origin.trim_end_matches('/')).ok()).collect();
    (!origins.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([AUTHORIZATION, CONTENT_TYPE, request_id::HEADER])
            .expose_headers([request_id::HEADER])
            .max_age(std::time::Duration::from_secs(600))
    })
}

async fn method_not_allowed(method: Method) -> Problem {
    let fault = Fault::new(ErrorCode::BadInput, format!("{method} is not for this path"));
    Problem::with_status(StatusCode::METHOD_NOT_ALLOWED, fault)
}
