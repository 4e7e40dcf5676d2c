use secrecy::ExposeSecret as _;

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn load(mode: Mode, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(mode, None, variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn load_file(text: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docket.toml");
    std::fs::write(&path, text).unwrap();
    Config::load(Mode::Production, Some(&path), [("DOCKET_JWT_SECRET".to_owned(), SECRET.to_owned())])
}

#[test]
fn every_wrong_setting_is_named() {
    for (mode, variable, value, part) in [
        (Mode::Production, "DOCKET_LISTEN", "localhost", "an address and a port"),
        (Mode::Development, "DOCKET_LISTEN", "0.0.0.0:8080", "loopback only"),
        (Mode::Development, "DOCKET_LISTEN", "[::]:8080", "loopback only"),
        (Mode::Production, "DATABASE_URL", "mysql://h/d", "sqlite: or postgres://"),
        (Mode::Production, "REDIS_URL", "http://h", "redis://"),
        (Mode::Production, "DOCKET_JWT_SECRET", "short", "at least 32 bytes, and has 5"),
        (Mode::Production, "DOCKET_JWKS_URL", "not an address", "is not an address"),
        (Mode::Production, "DOCKET_ENGINE__LEASE_SECONDS", "soon", "a whole number"),
        (Mode::Production, "DOCKET_ENGINE__LEASE_SECONDS", "0", "between 1 and 3600"),
        (Mode::Production, "DOCKET_ENGINE__MAX_ATTEMPTS", "-1", "a whole number"),
        (Mode::Production, "DOCKET_DATABASE__CONNECTIONS", "99999999999", "u32"),
        (Mode::Production, "DOCKET_GRAPHQL__INTROSPECTION", "maybe", "true or false"),
        (Mode::Production, "DOCKET_STORAGE__KIND", "ftp", "fs or s3"),
        (Mode::Production, "DOCKET_STORAGE__ENDPOINT", "file:///x", "https://"),
        (Mode::Production, "DOCKET_FETCH__ALLOW", "localhost", "host:port"),
        (Mode::Production, "DOCKET_FETCH__ALLOW", "localhost:0", "host:port"),
        (Mode::Production, "DOCKET_PIPELINE__SERVICES", "blur", "no such setting"),
        (Mode::Production, "DOCKET_PIPELINE__SERVICES__BLUR__URL", "ftp://blur", "https://"),
        (Mode::Production, "DOCKET_PIPELINE__SERVICES__BLUR__COLOUR", "x", "no such setting"),
        (Mode::Production, "DOCKET_PIPELINE__MAX_PIXELS", "0", "between 1 and"),
        (Mode::Production, "DOCKET_HTTP__ALLOWED_ORIGINS", "https://a.example/path", "not an origin"),
        (Mode::Production, "DOCKET_PUBLIC_URL", "docket.example", "not an address"),
        (Mode::Production, "DOCKET_FILES__LINK_SECRET", "short", "at least 32 bytes"),
        (Mode::Production, "DOCKET_LOG__FORMAT", "xml", "text or json"),
        (Mode::Production, "DOCKET_LEASE", "1", "no such setting"),
        (Mode::Production, "DOCKET_ENGINE", "1", "no such setting"),
        (Mode::Production, "DOCKET_ENGINE__LEASE__SECONDS", "1", "no such setting"),
    ] {
        let mut variables = vec![(variable, value)];
        if !variable.contains("JWT") && !variable.contains("JWKS") {
            variables.push(("DOCKET_JWT_SECRET", SECRET));
        }
        if variable.contains("JWKS") {
            variables.push(("DOCKET_FILES__LINK_SECRET", SECRET));
        }
        let error = load(mode, &variables).expect_err(variable);
        let [problem] = &error.0[..] else { panic!("{variable}={value}: {error}") };
        assert_eq!(problem.setting, variable, "{variable}={value}: {error}");
        assert!(problem.message.contains(part), "{variable}={value}: {error}");
    }
}

#[test]
fn all_problems_come_at_once() {
    let error =
        load(Mode::Production, &[("DOCKET_LISTEN", "x"), ("DOCKET_STORAGE__KIND", "s3")]).unwrap_err();
    let settings: Vec<_> = error.0.iter().map(|problem| problem.setting.as_str()).collect();
    assert_eq!(settings, ["DOCKET_LISTEN", "DOCKET_JWT_SECRET", "DOCKET_STORAGE__BUCKET"]);
}

#[test]
fn a_secret_and_jwks_exclude_each_other() {
    let error = load(
        Mode::Production,
        &[("DOCKET_JWT_SECRET", SECRET), ("DOCKET_JWKS_URL", "https://id.example/keys")],
    )
    .unwrap_err();
    assert!(error.to_string().contains("not both"), "{error}");
}

#[test]
fn links_need_a_secret_of_their_own_where_tokens_are_signed_elsewhere() {
    let jwks = ("DOCKET_JWKS_URL", "https://id.example/keys");
    let error = load(Mode::Production, &[jwks]).unwrap_err();
    assert!(error.to_string().starts_with("DOCKET_FILES__LINK_SECRET: is required"), "{error}");
    assert!(load(Mode::Production, &[jwks, ("DOCKET_FILES__LINK_SECRET", SECRET)]).is_ok());
}

#[test]
fn services_are_named_by_their_variables() {
    let config = load(
        Mode::Development,
        &[
            ("DOCKET_PIPELINE__SERVICES__UPSCALE__URL", "http://127.0.0.1:9/up"),
            ("DOCKET_PIPELINE__SERVICES__UPSCALE__TIMEOUT_SECONDS", "7"),
        ],
    )
    .unwrap();
    assert_eq!(config.pipeline.services["upscale"].timeout_seconds, 7);
}

#[test]
fn production_needs_a_key_and_development_does_not() {
    assert!(load(Mode::Production, &[]).unwrap_err().to_string().contains("DOCKET_JWT_SECRET"));
    let config = load(Mode::Development, &[]).unwrap();
    assert!(matches!(config.auth.key, TokenKey::KeptInDataDir));
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert!(config.database_url.expose_secret().starts_with("sqlite://./data/docket.sqlite"));
}

#[test]
fn the_environment_goes_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docket.toml");
    std::fs::write(&path, "listen = \"127.0.0.1:1\"\n[engine]\nlease_seconds = 7\npoll_seconds = 9\n")
        .unwrap();
    let variables = [("DOCKET_JWT_SECRET", SECRET), ("DOCKET_ENGINE__LEASE_SECONDS", "8")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::load(Mode::Production, Some(&path), variables).unwrap();
    assert_eq!(config.listen.port(), 1);
    assert_eq!((config.engine.lease_ttl.as_secs(), config.engine.poll.as_secs()), (8, 9));
}

#[test]
fn a_file_with_unknown_keys_or_wrong_types_is_refused_by_name() {
    for (text, setting, part) in [
        ("listn = \"x\"", "", "listn"),
        ("[engine]\nlease = 1", "engine", "lease"),
        ("[engine]\nlease_seconds = \"7\"", "engine.lease_seconds", "u64"),
        ("[engine]\nlease_seconds = 0", "engine.lease_seconds", "between 1 and 3600"),
        ("[auth]\njwt_secret = 5", "", ""),
        ("nonsense", "", ""),
    ] {
        let result = load_file(text);
        if text.starts_with("[auth]") {
            // The variable covers it.
            assert!(result.is_ok());
            continue;
        }
        let error = result.expect_err(text).to_string();
        assert!(
            error.contains(setting) && error.contains(part) && error.contains("docket.toml"),
            "{text}: {error}"
        );
    }
    assert!(Config::load(Mode::Development, Some(Path::new("/nowhere/docket.toml")), []).is_err());
}

#[test]
fn a_secret_of_digits_is_text_and_lists_are_split_at_commas() {
    let config = load(
        Mode::Production,
        &[
            ("DOCKET_JWT_SECRET", "12345678901234567890123456789012"),
            ("DOCKET_FETCH__ALLOW", "127.0.0.1:9000, [::1]:9001"),
            ("DOCKET_TEST_POSTGRES", "ignored"),
        ],
    )
    .unwrap();
    let TokenKey::Secret(secret) = &config.auth.key else { panic!() };
    assert_eq!(secret.expose_secret(), "12345678901234567890123456789012");
    assert!(config.fetch.allow.names(&"http://[::1]:9001/x".parse().unwrap()));
    assert!(!config.fetch.allow.names(&"http://[::1]:9002/x".parse().unwrap()));
}

#[test]
fn secrets_are_in_no_debug_output() {
    let config = load(
        Mode::Production,
        &[
            ("DOCKET_JWT_SECRET", SECRET),
            ("DATABASE_URL", "postgres://u:hunter2@h/d"),
            ("REDIS_URL", "redis://:hunter2@h"),
            ("DOCKET_STORAGE__KIND", "s3"),
            ("DOCKET_STORAGE__BUCKET", "b"),
            ("DOCKET_STORAGE__ACCESS_KEY_ID", "id"),
            ("DOCKET_STORAGE__SECRET_ACCESS_KEY", "hunter2"),
        ],
    )
    .unwrap();
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2") && !shown.contains(SECRET), "{shown}");
}

#[test]
fn a_data_folder_that_is_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("taken");
    std::fs::write(&path, b"x").unwrap();
    let config = load(Mode::Development, &[("DOCKET_DATA_DIR", path.to_str().unwrap())]).unwrap();
    assert!(config.prepare_data_dir().unwrap_err().to_string().starts_with("DOCKET_DATA_DIR"));
}

/// Whoever exports a variable of the tests' or the playground's own can still start the program.
#[test]
fn our_own_variables_are_settings_or_named_as_the_tests_own() {
    fn walk(path: &Path, into: &mut Vec<PathBuf>) {
        if path.is_file() {
            into.push(path.to_owned());
        } else if !["node_modules", "dist", "target"].iter().any(|skipped| path.ends_with(skipped)) {
            let entries = std::fs::read_dir(path).unwrap();
            entries.for_each(|entry| walk(&entry.unwrap().path(), into));
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    ["Makefile", "scripts", "playground", "bench", "tests"]
        .iter()
        .for_each(|part| walk(&root.join(part), &mut files));
    let mut seen = 0;
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        for (start, _) in text.match_indices("DOCKET_") {
            let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            if text[..start].ends_with(is_name) {
                continue;
            }
            let name = &text[start..];
            let name = &name[..name.find(|c| !is_name(c)).unwrap_or(name.len())];
            // A placeholder in a text, such as `DOCKET_<SECTION>`, names no variable.
            if name == "DOCKET_" {
                continue;
            }
            seen += 1;
            let problems = load(Mode::Tool, &[(name, "1")]).err().map(|error| error.0).unwrap_or_default();
            let unknown = problems.iter().any(|problem| problem.message == "there is no such setting");
            assert!(!unknown, "{name} in {}", file.display());
        }
    }
    assert!(seen > 20, "only {seen} found");
}

#[test]
fn a_worker_needs_no_key_and_logs_like_a_server() {
    let config = load(Mode::Worker, &[]).unwrap();
    assert_eq!(config.log_format, LogFormat::Json);
    assert!(load(Mode::Worker, &[("DOCKET_JWKS_URL", "https://id.example/keys")]).is_ok());
}

/// A run whose replica froze in the middle of a turn must be free before its leases run out.
#[test]
fn a_silent_transaction_ends_before_a_lease_does() {
    let config = load(Mode::Development, &[]).unwrap();
    assert!(crate::storage::IDLE_IN_TRANSACTION <= config.engine.lease_ttl);
}
