//! Whether an actor may use a feature: a pure decision.

use crate::kernel::{Actor, Fault, Role};

/// Who may use a feature.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// The roles that may use it; an actor's role includes those below it.
    pub allowed_roles: &'a [Role],
    /// The plan that the actor's token must carry, if any. Operators need none.
    pub plan: Option<&'a str>,
    /// Whether anybody may use it now.
    pub is_enabled: bool,
}

/// Why an actor may not use a feature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The feature is switched off.
    #[error("this feature is disabled")]
    Disabled,
    /// None of the actor's roles is allowed.
    #[error("your role may not use this feature")]
    Role,
    /// The feature asks for a plan that the actor does not have.
    #[error("this feature needs the plan {0:?}")]
    Plan(String),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::forbidden(refusal.to_string())
    }
}

/// Whether `actor` may use a feature under `policy`, leaving quota and rate aside.
///
/// # Errors
/// The first [`Refusal`] that applies: disabled, role, plan.
pub fn decide(actor: &Actor, policy: &Policy<'_>) -> Result<(), Refusal> {
    if !policy.is_enabled {
        return Err(Refusal::Disabled);
    }
    if !policy.allowed_roles.iter().any(|role| actor.has_role(*role)) {
        return Err(Refusal::Role);
    }
    match policy.plan {
        Some(plan) if actor.plan.as_deref() != Some(plan) && !actor.has_role(Role::Operator) => {
            Err(Refusal::Plan(plan.to_owned()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, plan: Option<&str>) -> Actor {
        Actor { user_id: "alice".into(), name: "Alice".into(), role, plan: plan.map(str::to_owned) }
    }

    fn policy<'a>(allowed_roles: &'a [Role], plan: Option<&'a str>) -> Policy<'a> {
        Policy { allowed_roles, plan, is_enabled: true }
    }

    #[test]
    fn a_disabled_feature_is_refused_to_everybody() {
        let policy = Policy { is_enabled: false, ..policy(&[Role::User], None) };
        assert_eq!(decide(&actor(Role::Admin, None), &policy), Err(Refusal::Disabled));
    }

    #[test]
    fn a_role_includes_those_below_it() {
        let operators = policy(&[Role::Operator], None);
        assert_eq!(decide(&actor(Role::User, None), &operators), Err(Refusal::Role));
        assert_eq!(decide(&actor(Role::Operator, None), &operators), Ok(()));
        assert_eq!(decide(&actor(Role::Admin, None), &operators), Ok(()));
    }

    #[test]
    fn nobody_may_use_what_allows_no_role() {
        assert_eq!(decide(&actor(Role::Admin, None), &policy(&[], None)), Err(Refusal::Role));
    }

    #[test]
    fn the_plan_must_be_the_very_one_unless_one_operates() {
        let pro = policy(&[Role::User], Some("pro"));
        assert_eq!(decide(&actor(Role::User, Some("pro")), &pro), Ok(()));
        assert_eq!(decide(&actor(Role::User, Some("free")), &pro), Err(Refusal::Plan("pro".into())));
        assert_eq!(decide(&actor(Role::User, None), &pro), Err(Refusal::Plan("pro".into())));
        assert_eq!(decide(&actor(Role::Operator, None), &pro), Ok(()));
    }
}
