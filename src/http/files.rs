//! Files and archives over HTTP: uploads, downloads, a batch's ZIP and its error sheet.
//!
//! A download is for who has a bearer token and the right to it, or for whoever holds a signed link.

use axum::body::Body;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RANGE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use std::sync::Arc;

use super::approvals::approval_sheet;
use super::auth::{Authenticated, Identity, MaybeAuthenticated, missing_token};
use super::problem::Problem;
use super::range::{self, Wanted};
use crate::batch::{ArchiveAccess, Batches};
use crate::files::{
    Files, LinkSigner, ObjectError, StoredFile, UPLOADS, UPLOADS_AND_TABLES, file_path, is_picture,
};
use crate::kernel::{Clock, Fault, GlobalId, NodeKind, Role};

/// What an upload's body may hold besides the file: the multipart format's own lines.
const MULTIPART_OVERHEAD: u64 = 64 * 1024;
/// A file never changes, so that whoever may see it may keep it for an hour.
const FILE_CACHING: &str = "private, max-age=3600, immutable";
/// Should a browser take a file for a page after all, it can do nothing.
const FILE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// A spreadsheet's media type.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What these routes need.
#[derive(Clone)]
pub struct FileRoutes {
    /// The files.
    pub files: Files,
    /// The batches, for their archives.
    pub batches: Batches,
    /// Verifies links to archives.
    pub links: LinkSigner,
    /// The time, against which links run out.
    pub clock: Arc<dyn Clock>,
}

/// The routes, for [`router`](super::router())'s `further`.
pub fn file_routes(state: FileRoutes) -> Router {
    let body = usize::try_from(state.files.max_bytes() + MULTIPART_OVERHEAD).unwrap_or(usize::MAX);
    Router::new()
        .route("/files", post(upload).layer(DefaultBodyLimit::max(body)))
        .route("/files/{id}", get(download))
        .route("/batches/{id}/archive.zip", get(archive))
        .route("/batches/{id}/errors.xlsx", get(error_sheet))
        .route("/approvals/sheet.xlsx", get(approval_sheet))
        .with_state(state)
}

/// `POST /files`: the multipart field `file`. Tables are known as such for those who may fill the
/// directory; to everybody else they are texts.
async fn upload(
    State(state): State<FileRoutes>,
    Authenticated(identity): Authenticated,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let malformed = |_| Fault::bad_input("file", "send the file as multipart/form-data, in the field `file`");
    let is_operator = identity.actor.has_role(Role::Operator);
    let accepted = if is_operator { UPLOADS_AND_TABLES } else { UPLOADS };
    let mut multipart = multipart.map_err(|_| malformed(()))?;
    while let Some(field) = multipart.next_field().await.map_err(|_| malformed(()))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().map(str::to_owned);
        let file = state.files.upload(&identity.actor, name.as_deref(), accepted, field).await?;
        let body = json!({
            "id": GlobalId::encode(NodeKind::File, file.id),
            "url": file_path(file.id),
            "contentType": file.content_type,
            "size": file.size,
        });
        return Ok((StatusCode::CREATED, Json(body)).into_response());
    }
    Err(malformed(()).into())
}

/// `GET /files/{id}`.
async fn download(
    State(state): State<FileRoutes>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    MaybeAuthenticated(identity): MaybeAuthenticated,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = GlobalId::uuid_of(NodeKind::File, "id", &id)?;
    let query = query.unwrap_or_default();
    let file = if LinkSigner::is_signed(&query) {
        state.files.find_signed(id, &query).await?
    } else {
        let identity = identity.ok_or_else(missing_token)?;
        state.files.find(&identity.actor, id).await?
    };
    send(&state.files, &file, &headers).await
}

async fn send(files: &Files, file: &StoredFile, asked: &HeaderMap) -> Result<Response, Problem> {
    let etag = format!("\"{}\"", file.id.simple());
    let has_it = asked.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let wanted = match asked.get(RANGE).map(|range| range.to_str().unwrap_or_default()) {
        _ if has_it => Wanted::All,
        None => Wanted::All,
        Some(range) => range::parse(range, file.size),
    };
    let mut response = match wanted {
        _ if has_it => StatusCode::NOT_MODIFIED.into_response(),
        Wanted::All => {
            let open = files.read(file, None).await.map_err(unreadable)?;
            let length = [(CONTENT_LENGTH, HeaderValue::from(open.length))];
            (length, Body::from_stream(open.stream)).into_response()
        }
        Wanted::Part(part) => {
            let shown = format!("bytes {}-{}/{}", part.start, part.end - 1, file.size);
            let open = files.read(file, Some(part)).await.map_err(unreadable)?;
            let headers = [(CONTENT_LENGTH, HeaderValue::from(open.length)), (CONTENT_RANGE, value(&shown)?)];
            (StatusCode::PARTIAL_CONTENT, headers, Body::from_stream(open.stream)).into_response()
        }
        Wanted::Nothing => {
            let shown = format!("bytes */{}", file.size);
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, value(&shown)?)]).into_response());
        }
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, value(&file.content_type)?);
    headers.insert(
        CONTENT_DISPOSITION,
        disposition(if is_picture(&file.content_type) { "inline" } else { "attachment" }, &file.name)?,
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(FILE_CACHING));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(FILE_POLICY));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(ETAG, value(&etag)?);
    Ok(response)
}

/// `GET /batches/{id}/archive.zip`.
async fn archive(
    State(state): State<FileRoutes>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    MaybeAuthenticated(identity): MaybeAuthenticated,
) -> Result<Response, Problem> {
    let id = GlobalId::uuid_of(NodeKind::Batch, "id", &id)?;
    let query = query.unwrap_or_default();
    let success_only = success_only(&query)?;
    let access = access(&state, &format!("/batches/{id}/archive.zip"), &query, identity.as_ref())?;
    let archive = state.batches.archive(access, id, success_only).await?;
    let headers = made_on_request("application/zip", &archive.file_name)?;
    Ok((headers, Body::from_stream(archive.stream)).into_response())
}

/// `GET /batches/{id}/errors.xlsx`.
async fn error_sheet(
    State(state): State<FileRoutes>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    MaybeAuthenticated(identity): MaybeAuthenticated,
) -> Result<Response, Problem> {
    let id = GlobalId::uuid_of(NodeKind::Batch, "id", &id)?;
    let path = format!("/batches/{id}/errors.xlsx");
    let access = access(&state, &path, query.as_deref().unwrap_or_default(), identity.as_ref())?;
    let sheet = state.batches.error_sheet(access, id).await?;
    Ok((made_on_request(XLSX, &sheet.file_name)?, sheet.bytes).into_response())
}

/// On whose word what is at `path` is given out: the link's, where it is signed, else the caller's.
fn access<'a>(
    state: &FileRoutes,
    path: &str,
    query: &str,
    identity: Option<&'a Identity>,
) -> Result<ArchiveAccess<'a>, Fault> {
    if LinkSigner::is_signed(query) {
        state.links.verify(path, query, state.clock.now())?;
        return Ok(ArchiveAccess::Signed);
    }
    identity.map(|identity| ArchiveAccess::Actor(&identity.actor)).ok_or_else(missing_token)
}

/// The headers of a download that is made for this request, and may be another for the next.
pub(super) fn made_on_request(
    content_type: &'static str,
    name: &str,
) -> Result<[(HeaderName, HeaderValue); 3], Fault> {
    Ok([
        (CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (CONTENT_DISPOSITION, disposition("attachment", name)?),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ])
}

/// `successOnly` of a query; true where it is not given.
fn success_only(query: &str) -> Result<bool, Fault> {
    let given = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "successOnly");
    match given.as_ref().map(|(_, value)| value.as_ref()) {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(Fault::bad_input("successOnly", "must be true or false")),
    }
}

/// How a browser is to take it and what to call it: in ASCII, and as it really is.
fn disposition(kind: &str, name: &str) -> Result<HeaderValue, Fault> {
    let plain =
        |c: char| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    if ascii == name {
        return value(&format!("{kind}; filename=\"{ascii}\""));
    }
    let escaped: String = name.bytes().map(escape).collect();
    value(&format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{escaped}"))
}

/// A byte as RFC 8187 has it.
fn escape(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

fn value(text: &str) -> Result<HeaderValue, Fault> {
    HeaderValue::from_str(text).map_err(Fault::internal)
}

/// A file whose bytes are gone is not there; everything else is our fault.
fn unreadable(error: ObjectError) -> Problem {
    match error {
        ObjectError::Gone { .. } => Fault::not_found("file").into(),
        error => Fault::internal(error).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_in_ascii_and_as_they_are() {
        assert_eq!(disposition("inline", "cat.jpg").unwrap(), "inline; filename=\"cat.jpg\"");
        let shown = disposition("attachment", "Käse\"\r\n.png").unwrap();
        assert_eq!(shown, "attachment; filename=\"K_se___.png\"; filename*=UTF-8''K%C3%A4se%22%0D%0A.png");
    }

    #[test]
    fn success_only_is_true_unless_it_is_false() {
        assert!(success_only("").unwrap() && success_only("a=b&successOnly=true").unwrap());
        assert!(!success_only("successOnly=false&signature=x").unwrap());
        assert!(success_only("successOnly=1").is_err());
    }
}
