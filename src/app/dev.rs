//! Development mode: its users and their quota, a small organisation around them, and processes to try.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use secrecy::SecretString;

use super::error::StartError;
use crate::account::{Accounts, GrantQuota};
use crate::directory::{Directory, Import};
use crate::http::DevUsers;
use crate::http::auth::{TokenIssuer, TokenRules};
use crate::kernel::{Actor, Clock, Fault, Role};
use crate::workflow::{Workflow, samples};

/// What each user gets, once.
const QUOTA: i64 = 100;
/// How long the tokens that the playground gets are good.
const TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Where the users work.
const DEPARTMENTS: &str = "id,parent,name,leader\nhouse,,The house,admin\ndesign,house,Design,olivia\n";
/// What they are there: between them they are everybody whom the sample processes ask.
const PEOPLE: &str = "id,name,department,roles,tags\n\
    alice,Alice,design,,\n\
    bob,Bob,design,,finance\n\
    olivia,Olivia,design,,finance\n\
    admin,Admin,house,hr,finance\n";

/// Development's users.
pub fn actors() -> Vec<Actor> {
    [
        ("alice", "Alice", Role::User),
        ("bob", "Bob", Role::User),
        ("olivia", "Olivia", Role::Operator),
        ("admin", "Admin", Role::Admin),
    ]
    .map(|(user_id, name, role)| Actor { user_id: user_id.into(), name: name.into(), role, plan: None })
    .into()
}

/// Gives each user their quota, once and for all.
///
/// # Errors
/// Where the database refuses.
pub async fn grant_quota(accounts: &Accounts) -> Result<(), Fault> {
    let actors = actors();
    let Some(admin) = actors.iter().find(|actor| actor.role == Role::Admin) else { return Ok(()) };
    for actor in &actors {
        let grant = GrantQuota {
            user_id: actor.user_id.clone(),
            amount: QUOTA,
            reason: "development's first quota".into(),
            idempotency_key: format!("dev:grant:{}", actor.user_id),
        };
        accounts.grant(admin, grant).await?;
    }
    Ok(())
}

/// Gives the users a small organisation, and deploys processes in which they decide. What is there
/// already, letter for letter, stays as it is.
///
/// # Errors
/// Where the database refuses.
pub async fn open_office(directory: &Directory, workflow: &Workflow) -> Result<(), Fault> {
    let actors = actors();
    let Some(operator) = actors.iter().find(|actor| actor.role == Role::Operator) else { return Ok(()) };
    let import = Import {
        departments: Some(Bytes::from_static(DEPARTMENTS.as_bytes())),
        people: Some(Bytes::from_static(PEOPLE.as_bytes())),
        ..Import::default()
    };
    directory.import(operator, import).await?;
    for bpmn_xml in [samples::LEAVE_REQUEST, samples::EXPENSE_CLAIM] {
        workflow.definitions().deploy(operator, bpmn_xml.to_owned()).await?;
    }
    Ok(())
}

/// The users with who signs their tokens, for the playground to switch between.
///
/// # Errors
/// Where the secret is too short.
pub fn users(
    secret: &SecretString,
    rules: &TokenRules,
    clock: Arc<dyn Clock>,
) -> Result<DevUsers, StartError> {
    let issuer = TokenIssuer::new(secret, rules, clock)?;
    Ok(DevUsers { users: actors(), issuer, lifetime: TOKEN_LIFETIME })
}
