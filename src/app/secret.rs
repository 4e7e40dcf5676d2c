//! The secret that tokens and links are signed with.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::config::{Config, MIN_SECRET_BYTES, TokenKey};
use super::error::StartError;

/// How many random bytes development's secret is made of.
const RANDOM_BYTES: usize = 32;

/// The secret that tokens are signed with, where it is ours: the configured one, or development's
/// in the data folder, which `make` lets come into being.
///
/// # Errors
/// Where it can be neither read nor made.
pub fn token_secret(config: &Config, make: bool) -> Result<Option<SecretString>, StartError> {
    match &config.auth.key {
        TokenKey::Secret(secret) => Ok(Some(secret.clone())),
        TokenKey::Jwks(_) => Ok(None),
        TokenKey::KeptInDataDir => kept(&path(&config.data_dir), make),
    }
}

/// Where development's secret is.
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("dev-secret")
}

fn kept(path: &Path, make: bool) -> Result<Option<SecretString>, StartError> {
    let failed = |what| move |source| StartError::Secret { path: path.to_owned(), what, source };
    match std::fs::read_to_string(path) {
        Ok(text) if text.trim().len() >= MIN_SECRET_BYTES => {
            return Ok(Some(SecretString::from(text.trim())));
        }
        Ok(_) => {
            let short =
                std::io::Error::new(ErrorKind::InvalidData, "it is too short; delete the file for a new one");
            return Err(failed("read")(short));
        }
        Err(error) if error.kind() == ErrorKind::NotFound && make => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read")(error)),
    }
    let secret = SecretString::from(hex::encode(rand::random::<[u8; RANDOM_BYTES]>()));
    match write_new(path, secret.expose_secret()) {
        Ok(()) => Ok(Some(secret)),
        // Another process was faster: theirs it is.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => kept(path, false),
        Err(error) => Err(failed("written")(error)),
    }
}

/// Writes a file that only we may read. It appears whole: nobody reads half a secret.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let draft = path.with_extension(format!("draft-{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_and_for_us_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path());
        assert!(kept(&path, false).unwrap().is_none());
        let made = kept(&path, true).unwrap().unwrap();
        assert_eq!(made.expose_secret().len(), 2 * RANDOM_BYTES);
        let read = kept(&path, true).unwrap().unwrap();
        assert_eq!(read.expose_secret(), made.expose_secret());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn of_many_at_once_all_get_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path());
        std::fs::write(path.with_extension("other"), b"").unwrap();
        write_new(&path, &"a".repeat(64)).unwrap();
        assert_eq!(write_new(&path, &"b".repeat(64)).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(kept(&path, true).unwrap().unwrap().expose_secret(), "a".repeat(64));
    }

    #[test]
    fn a_short_secret_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path());
        std::fs::write(&path, "short").unwrap();
        assert!(kept(&path, true).unwrap_err().to_string().contains("too short"));
    }
}
