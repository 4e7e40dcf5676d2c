//! What a token's claims say, decided without keys or clocks: verified claims in, an identity out.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::kernel::{Actor, ErrorCode, Fault, Role};

/// The longest `sub` and `plan`, in characters.
const MAX_ID_CHARS: usize = 128;
/// The longest `name`, in characters; a longer one is cut.
const MAX_NAME_CHARS: usize = 200;

/// Who a verified token speaks for, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The person or program.
    pub actor: Actor,
    /// The token's `exp`: what outlives a request, such as a websocket, ends then.
    pub expires_at: DateTime<Utc>,
}

/// What a token must say besides having a good signature.
#[derive(Debug, Clone)]
pub struct TokenRules {
    /// `iss` must be one of these; empty: any issuer.
    pub issuers: Vec<String>,
    /// `aud` must name one of these; empty: any audience.
    pub audiences: Vec<String>,
    /// How far clocks may differ when `exp` and `nbf` are checked.
    pub leeway: Duration,
}

impl Default for TokenRules {
    fn default() -> Self {
        Self { issuers: Vec::new(), audiences: Vec::new(), leeway: Duration::from_secs(10) }
    }
}

/// Why a token with a good signature is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ClaimError {
    #[error("the token's `{0}` claim must be a number of seconds since 1970")]
    Time(&'static str),
    #[error("the token has no `exp` claim: tokens must expire")]
    NoExpiry,
    #[error("the token has expired: get a new one")]
    Expired,
    #[error("the token is not valid yet (`nbf` lies ahead)")]
    NotYet,
    #[error("the token's `iss` claim names no issuer that is trusted here")]
    Issuer,
    #[error("the token's `aud` claim does not name this service")]
    Audience,
    #[error("the token's `sub` claim must be a string of 1 to {MAX_ID_CHARS} characters")]
    Subject,
    #[error("the token's `plan` claim must be a string of 1 to {MAX_ID_CHARS} characters")]
    Plan,
    #[error("the token's `role` claim must be USER, OPERATOR or ADMIN")]
    Role,
    #[error("the token's `roles` claim must be a list of strings")]
    Roles,
}

impl From<ClaimError> for Fault {
    fn from(error: ClaimError) -> Self {
        Self::new(ErrorCode::Unauthenticated, error.to_string())
    }
}

/// Reads an identity out of claims whose signature has been verified.
pub(super) fn identity(
    claims: &Map<String, Value>,
    rules: &TokenRules,
    now: DateTime<Utc>,
) -> Result<Identity, ClaimError> {
    let expires_at = time(claims, "exp")?.ok_or(ClaimError::NoExpiry)?;
    let leeway = chrono::Duration::from_std(rules.leeway).unwrap_or_default();
    if expires_at + leeway <= now {
        return Err(ClaimError::Expired);
    }
    if time(claims, "nbf")?.is_some_and(|from| from > now + leeway) {
        return Err(ClaimError::NotYet);
    }
    if !rules.issuers.is_empty() && !names_one_of(claims.get("iss"), &rules.issuers, false) {
        return Err(ClaimError::Issuer);
    }
    if !rules.audiences.is_empty() && !names_one_of(claims.get("aud"), &rules.audiences, true) {
        return Err(ClaimError::Audience);
    }
    let user_id = claims.get("sub").and_then(identifier).ok_or(ClaimError::Subject)?;
    let plan = match claims.get("plan") {
        None | Some(Value::Null) => None,
        Some(plan) => Some(identifier(plan).ok_or(ClaimError::Plan)?),
    };
    let name = claims.get("name").and_then(Value::as_str).map(display_name).filter(|name| !name.is_empty());
    let actor = Actor { name: name.unwrap_or_else(|| user_id.clone()), user_id, role: role(claims)?, plan };
    Ok(Identity { actor, expires_at })
}

/// The highest role of `role` and `roles`; USER where the token says nothing. `roles` may hold
/// other services' roles, which say nothing here; a `role` that is unknown is a mistake.
fn role(claims: &Map<String, Value>) -> Result<Role, ClaimError> {
    let mut highest = Role::User;
    match claims.get("role") {
        None | Some(Value::Null) => {}
        Some(Value::String(role)) => highest = role.parse().map_err(|_| ClaimError::Role)?,
        Some(_) => return Err(ClaimError::Role),
    }
    match claims.get("roles") {
        None | Some(Value::Null) => {}
        Some(Value::Array(roles)) => {
            for role in roles {
                let role = role.as_str().ok_or(ClaimError::Roles)?;
                highest = highest.max(role.parse().unwrap_or(Role::User));
            }
        }
        Some(_) => return Err(ClaimError::Roles),
    }
    Ok(highest)
}

fn time(claims: &Map<String, Value>, claim: &'static str) -> Result<Option<DateTime<Utc>>, ClaimError> {
    let Some(value) = claims.get(claim) else { return Ok(None) };
    // NumericDate may carry a fraction of a second, which is cut off.
    let seconds = value.as_i64().or_else(|| {
        let seconds = value.as_f64()?;
        #[expect(clippy::cast_possible_truncation, reason = "bounded just before")]
        (seconds.abs() < 1e12).then_some(seconds as i64)
    });
    // Ten thousand years hence is as far as RFC 3339 can say.
    seconds
        .filter(|seconds| (0..253_402_300_800).contains(seconds))
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .map(Some)
        .ok_or(ClaimError::Time(claim))
}

fn names_one_of(claim: Option<&Value>, allowed: &[String], list: bool) -> bool {
    let known = |name: &Value| name.as_str().is_some_and(|name| allowed.iter().any(|known| known == name));
    match claim {
        Some(Value::Array(names)) if list => names.iter().any(known),
        Some(name) => known(name),
        None => false,
    }
}

/// Control characters would end up in logs and file names, and PostgreSQL refuses NUL.
fn identifier(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let length = text.chars().take(MAX_ID_CHARS + 1).count();
    ((1..=MAX_ID_CHARS).contains(&length) && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

fn display_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn read(claims: Value, rules: &TokenRules) -> Result<Identity, ClaimError> {
        identity(claims.as_object().unwrap(), rules, now())
    }

    fn with(extra: Value) -> Result<Identity, ClaimError> {
        let mut claims = json!({"sub": "alice", "exp": 1_800_000_600});
        claims.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        read(claims, &TokenRules::default())
    }

    #[test]
    fn the_least_token_is_a_user_called_by_their_id() {
        let identity = with(json!({})).unwrap();
        assert_eq!(identity.actor.name, "alice");
        assert_eq!((identity.actor.role, identity.actor.plan), (Role::User, None));
        assert_eq!(identity.expires_at.timestamp(), 1_800_000_600);
    }

    #[test]
    fn the_highest_of_role_and_roles_counts() {
        for (extra, role) in [
            (json!({"role": "OPERATOR"}), Role::Operator),
            (json!({"roles": ["USER", "ADMIN"]}), Role::Admin),
            (json!({"role": "ADMIN", "roles": ["USER"]}), Role::Admin),
            (json!({"roles": ["uma_authorization", "OPERATOR"]}), Role::Operator),
            (json!({"roles": ["admin"]}), Role::User),
            (json!({"role": null, "roles": []}), Role::User),
        ] {
            assert_eq!(with(extra.clone()).unwrap().actor.role, role, "{extra}");
        }
    }

    #[test]
    fn what_is_malformed_is_refused_by_name() {
        for (extra, error) in [
            (json!({"role": "operator"}), ClaimError::Role),
            (json!({"role": 7}), ClaimError::Role),
            (json!({"roles": "ADMIN"}), ClaimError::Roles),
            (json!({"roles": [1]}), ClaimError::Roles),
            (json!({"sub": ""}), ClaimError::Subject),
            (json!({"sub": 5}), ClaimError::Subject),
            (json!({"sub": "x".repeat(129)}), ClaimError::Subject),
            (json!({"sub": "a\u{0}b"}), ClaimError::Subject),
            (json!({"plan": ""}), ClaimError::Plan),
            (json!({"exp": "soon"}), ClaimError::Time("exp")),
            (json!({"exp": 1e300}), ClaimError::Time("exp")),
            (json!({"exp": -1}), ClaimError::Time("exp")),
            (json!({"nbf": "x"}), ClaimError::Time("nbf")),
        ] {
            assert_eq!(with(extra.clone()).unwrap_err(), error, "{extra}");
        }
        assert!(with(json!({"sub": "x".repeat(128), "exp": 1_800_000_600.5})).is_ok());
    }

    #[test]
    fn time_is_checked_with_a_small_leeway() {
        assert_eq!(with(json!({"exp": 1_799_999_990})).unwrap_err(), ClaimError::Expired);
        assert!(with(json!({"exp": 1_799_999_991})).is_ok());
        assert_eq!(with(json!({"nbf": 1_800_000_011})).unwrap_err(), ClaimError::NotYet);
        assert!(with(json!({"nbf": 1_800_000_010})).is_ok());
        assert_eq!(read(json!({"sub": "a"}), &TokenRules::default()).unwrap_err(), ClaimError::NoExpiry);
    }

    #[test]
    fn issuer_and_audience_are_checked_where_configured() {
        let rules = TokenRules {
            issuers: vec!["https://id.example".into()],
            audiences: vec!["docket".into()],
            ..TokenRules::default()
        };
        let token = |iss: Value, aud: Value| {
            read(json!({"sub": "a", "exp": 1_800_000_600, "iss": iss, "aud": aud}), &rules).map(|_| ())
        };
        assert_eq!(token(json!("https://id.example"), json!("docket")), Ok(()));
        assert_eq!(token(json!("https://id.example"), json!(["x", "docket"])), Ok(()));
        assert_eq!(token(json!("https://id.example"), json!(["x"])), Err(ClaimError::Audience));
        assert_eq!(token(json!("https://id.example"), json!(null)), Err(ClaimError::Audience));
        assert_eq!(token(json!("https://evil.example"), json!("docket")), Err(ClaimError::Issuer));
        assert_eq!(token(json!(["https://id.example"]), json!("docket")), Err(ClaimError::Issuer));
    }

    proptest! {
        #[test]
        fn no_claims_make_reading_panic(sub in ".{0,140}", exp in any::<f64>(), name in ".{0,300}") {
            let claims = json!({"sub": sub, "exp": exp, "nbf": exp, "name": name, "role": name});
            let _ = read(claims, &TokenRules::default());
        }
    }
}
