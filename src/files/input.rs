//! What a caller names as an input: a file of ours, or a URL outside.

use std::collections::HashMap;

use bytes::Bytes;
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use super::fetch::{FetchError, Fetcher, MAX_URL_BYTES, check_shape};
use super::media::is_picture;
use super::{Files, ObjectError};
use crate::kernel::{Actor, Fault, GlobalId, NodeKind};

/// Where an input comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputSource {
    /// A file of ours, read from the object storage without a fetch.
    File(Uuid),
    /// A URL outside, fetched through the guard.
    Outside(Url),
}

impl InputSource {
    /// Reads an input's URL: `/files/{id}` as `POST /files` answers it, bare or at our own address
    /// `own_base` (a signature is ignored, the owner is checked instead), or a URL outside.
    ///
    /// # Errors
    /// `BAD_INPUT` at `field`, such as `inputImages[3]`.
    pub fn parse(field: &str, text: &str, own_base: &Url) -> Result<Self, Fault> {
        if text.len() <= MAX_URL_BYTES
            && let Some(id) = own_file(text, own_base)
        {
            return Ok(Self::File(GlobalId::uuid_of(NodeKind::File, field, &id)?));
        }
        check_input_url(field, text).map(Self::Outside)
    }
}

/// Checks a URL outside as far as its shape goes: its length, its scheme, its host. Where it leads
/// is found out when it is fetched.
///
/// # Errors
/// `BAD_INPUT` at `field`.
pub fn check_input_url(field: &str, text: &str) -> Result<Url, Fault> {
    let bad = |message: String| Fault::bad_input(field, message);
    if text.len() > MAX_URL_BYTES {
        return Err(bad(format!("a URL has at most {MAX_URL_BYTES} characters")));
    }
    let url = Url::parse(text).map_err(|error| bad(format!("this is not a URL: {error}")))?;
    check_shape(&url).map_err(|refusal| bad(format!("the URL {refusal}")))?;
    Ok(url)
}

/// The id in a URL of one of our own files, as it is spelled there.
fn own_file(text: &str, own_base: &Url) -> Option<String> {
    let is_bare = text.starts_with('/') && !text.starts_with("//") && !text.starts_with("/\\");
    let url = if is_bare { own_base.join(text).ok()? } else { Url::parse(text).ok()? };
    if url.origin() != own_base.origin() {
        return None;
    }
    let path = url.path();
    // Bare paths are as we answer them; at an address, a prefix of a proxy's may stand before them.
    let prefix = own_base.path().trim_end_matches('/');
    let id = path.strip_prefix("/files/").or_else(|| path.strip_prefix(prefix)?.strip_prefix("/files/"))?;
    (!id.is_empty() && !id.contains('/')).then(|| id.to_owned())
}

/// Why an input could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The fetch came to nothing.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// There is no such file, it is not the actor's, or its bytes are gone.
    #[error("the uploaded file is gone, or it is not yours")]
    FileNotFound,
    /// The file is none of the pictures that pipelines take.
    #[error("the uploaded file is not a JPEG, PNG, WebP or GIF picture")]
    NotAnImage,
    /// The file is larger than a picture may be.
    #[error("the uploaded file has more than {limit} bytes")]
    TooLarge {
        /// The most bytes.
        limit: u64,
    },
    /// The object storage or the database failed.
    #[error("the uploaded file could not be read")]
    Storage {
        /// Whether trying again may help.
        transient: bool,
        /// What happened, for the log.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl InputError {
    /// The stable code for `BatchItem.errorCode`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fetch(error) => error.code(),
            Self::FileNotFound => "FILE_NOT_FOUND",
            Self::NotAnImage => "NOT_AN_IMAGE",
            Self::TooLarge { .. } => "TOO_LARGE",
            Self::Storage { .. } => "STORAGE_FAILED",
        }
    }

    /// Whether trying again may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_transient(),
            Self::FileNotFound | Self::NotAnImage | Self::TooLarge { .. } => false,
            Self::Storage { transient, .. } => *transient,
        }
    }
}

impl From<ObjectError> for InputError {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::Gone { .. } => Self::FileNotFound,
            ObjectError::TooLarge { limit, .. } => Self::TooLarge { limit },
            error => Self::Storage { transient: error.is_transient(), source: Box::new(error) },
        }
    }
}

/// Reads inputs, wherever they come from. Cheap to clone.
#[derive(Clone)]
pub struct Inputs {
    files: Files,
    fetcher: Fetcher,
    max_bytes: u64,
}

impl Inputs {
    /// A reader of inputs of at most `max_bytes` each.
    pub fn new(files: Files, fetcher: Fetcher, max_bytes: u64) -> Self {
        Self { files, fetcher, max_bytes }
    }

    /// Checks that the actor may use every input and that our own files among them are pictures;
    /// asks the database once for a thousand of them, and nobody outside. `inputs[i]` is named
    /// `{field}[i]`.
    ///
    /// # Errors
    /// `BAD_INPUT` at the first input that cannot be used; another user's file looks like none.
    pub async fn check(&self, actor: &Actor, field: &str, inputs: &[InputSource]) -> Result<(), Fault> {
        let own = |input: &InputSource| match input {
            InputSource::File(id) => Some(*id),
            InputSource::Outside(_) => None,
        };
        let mut ids: Vec<_> = inputs.iter().filter_map(own).collect();
        if ids.is_empty() {
            return Ok(());
        }
        ids.sort_unstable();
        ids.dedup();
        let files: HashMap<_, _> =
            self.files.find_many(actor, &ids).await?.into_iter().map(|file| (file.id, file)).collect();
        for (index, id) in inputs.iter().enumerate().filter_map(|(index, input)| Some((index, own(input)?))) {
            let refuse = |error: InputError| Fault::bad_input(format!("{field}[{index}]"), error.to_string());
            let file = files.get(&id).ok_or_else(|| refuse(InputError::FileNotFound))?;
            if !is_picture(&file.content_type) {
                return Err(refuse(InputError::NotAnImage));
            }
        }
        Ok(())
    }

    /// An input's bytes. A file of ours must be the actor's (or the actor ADMIN) at this moment too.
    ///
    /// # Errors
    /// [`InputError`], which knows whether trying again may help.
    pub async fn read(
        &self,
        actor: &Actor,
        input: &InputSource,
        cancel: &CancellationToken,
    ) -> Result<Bytes, InputError> {
        match input {
            InputSource::Outside(url) => Ok(self.fetcher.fetch(url, cancel).await?),
            InputSource::File(id) => tokio::select! {
                biased;
                () = cancel.cancelled() => Err(FetchError::Cancelled.into()),
                read = self.read_own(actor, *id) => read,
            },
        }
    }

    async fn read_own(&self, actor: &Actor, id: Uuid) -> Result<Bytes, InputError> {
        let file = self
            .files
            .find_many(actor, &[id])
            .await
            // A database that does not answer now may do so later.
            .map_err(|fault| InputError::Storage { transient: true, source: Box::new(fault) })?
            .pop()
            .ok_or(InputError::FileNotFound)?;
        if !is_picture(&file.content_type) {
            return Err(InputError::NotAnImage);
        }
        Ok(self.files.read_all(&file, self.max_bytes).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ErrorCode;
    use proptest::prelude::*;

    const ID: &str = "0190b6a0-0000-7000-8000-000000000001";

    fn parse(text: &str) -> Result<InputSource, Fault> {
        InputSource::parse("inputImages[3]", text, &Url::parse("https://docket.example/").unwrap())
    }

    fn is_own(text: &str) -> bool {
        matches!(parse(text), Ok(InputSource::File(id)) if id.to_string() == ID)
    }

    #[test]
    fn our_own_files_are_known_by_every_url_that_we_give() {
        let global = GlobalId::encode(NodeKind::File, ID);
        for url in [
            format!("/files/{ID}"),
            format!("/files/{global}"),
            format!("https://docket.example/files/{ID}"),
            format!("https://DOCKET.example:443/files/{ID}"),
            format!("/files/{ID}?expires=1&signature=abc"),
            format!("https://docket.example/files/{ID}?expires=1&signature=abc#x"),
        ] {
            assert!(is_own(&url), "{url}");
        }
        let behind_a_proxy = Url::parse("https://docket.example/api/").unwrap();
        for url in [format!("https://docket.example/api/files/{ID}"), format!("/files/{ID}")] {
            let source = InputSource::parse("x", &url, &behind_a_proxy).unwrap();
            assert_eq!(source, InputSource::File(ID.parse().unwrap()), "{url}");
        }
    }

    #[test]
    fn what_only_looks_like_our_own_file_is_fetched_like_anything_else() {
        for url in [
            format!("https://docket.example.evil/files/{ID}"),
            format!("http://docket.example/files/{ID}"),
            format!("https://docket.example:8443/files/{ID}"),
            format!("https://docket.example/files/{ID}/x"),
            format!("https://docket.example/other/files/{ID}"),
            "https://docket.example/".to_owned(),
        ] {
            assert!(matches!(parse(&url), Ok(InputSource::Outside(_))), "{url}");
        }
    }

    #[test]
    fn what_is_no_input_is_refused_by_its_field() {
        for url in [
            String::new(),
            "cat.jpg".to_owned(),
            "/cat.jpg".to_owned(),
            "/files/".to_owned(),
            "/files/not-an-id".to_owned(),
            format!("//evil.example/files/{ID}"),
            format!("/\\evil.example/files/{ID}"),
            format!("/files/{}", GlobalId::encode(NodeKind::Batch, ID)),
            "ftp://example.com/x".to_owned(),
            "file:///etc/passwd".to_owned(),
            "http://".to_owned(),
            "http://me:pw@example.com/x".to_owned(),
            format!("https://example.com/{}", "a".repeat(2_048)),
        ] {
            let fault = parse(&url).unwrap_err();
            assert_eq!(fault.code(), ErrorCode::BadInput, "{url}");
            assert_eq!(fault.details()["field"], "inputImages[3]", "{url}");
        }
    }

    #[test]
    fn the_longest_url_is_taken_and_one_more_is_not() {
        let longest = format!("https://example.com/{}", "a".repeat(2_048 - 20));
        assert_eq!(longest.len(), 2_048);
        assert!(check_input_url("x", &longest).is_ok());
        assert!(check_input_url("x", &format!("{longest}a")).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_parsing_panic(text in ".{0,200}|/files/.{0,60}|https?://.{0,60}") {
            if let Err(fault) = parse(&text) {
                prop_assert_eq!(fault.code(), ErrorCode::BadInput);
            }
        }
    }
}
