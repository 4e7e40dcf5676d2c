//! When people are away, and who acts for them meanwhile.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};

use super::person::{Person, PersonList};
use crate::directory as domain;
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::context::{Services, actor, services, user_of};
use crate::graphql::fault::renamed;
use crate::graphql::loaders::ListLoader;
use crate::graphql::scalars::DateTime;
use crate::kernel::{Fault, GlobalId, NodeKind};

/// An absence.
pub struct Absence {
    absence: domain::Absence,
    services: Arc<Services>,
    people: Arc<ListLoader<String, Arc<Person>>>,
}

impl Absence {
    /// Absences that were read together.
    pub fn all(services: &Arc<Services>, absences: Vec<domain::Absence>) -> Vec<Arc<Self>> {
        let people = absences.iter().flat_map(|absence| [Some(&absence.person), absence.substitute.as_ref()]);
        let people = Arc::new(ListLoader::new(people.flatten().cloned()));
        let wrap = |absence| {
            let (services, people) = (Arc::clone(services), Arc::clone(&people));
            Arc::new(Self { absence, services, people })
        };
        absences.into_iter().map(wrap).collect()
    }

    async fn person_of(&self, id: &String) -> Result<Option<One<Arc<Person>>>> {
        let load = async |ids: &[String]| PersonList::load(&self.services, ids).await;
        Ok(self.people.get(id, load).await?.map(One))
    }
}

object_at_hand! {
    /// A time in which somebody is away. What is theirs to decide meanwhile is offered to their
    /// substitute; where the chain of substitutes leads to nobody who is there, it stays theirs.
    Absence |absence| {
        /// The id, good for `removeAbsence`.
        id "id": ID = absence_id(absence.absence.id);
        /// From then on …
        from "from": DateTime = DateTime(absence.absence.starts_at);
        /// … until before then.
        until "until": DateTime = DateTime(absence.absence.ends_at);
        /// When it was set.
        created_at "createdAt": DateTime = DateTime(absence.absence.created_at);
    }
    more {
        /// Who is away.
        async fn person(&self) -> Option<Result<One<Arc<Person>>>> {
            self.person_of(&self.absence.person).await.transpose()
        }

        /// Who acts for them; where there is nobody, they keep what is theirs.
        async fn substitute(&self) -> Option<Result<One<Arc<Person>>>> {
            self.person_of(self.absence.substitute.as_ref()?).await.transpose()
        }
    }
}

/// What `setAbsence` takes.
#[derive(Debug, InputObject)]
pub struct SetAbsenceInput {
    /// Who is away; you, where it is not given. For ADMIN, unless it is oneself.
    user_id: Option<String>,
    /// From then on; at most 800 days ahead.
    from: DateTime,
    /// Until before then; at most 400 days later, and not over yet.
    until: DateTime,
    /// Who acts for them: another active person of the directory.
    substitute_id: Option<String>,
}

/// What `setAbsence` answers.
pub struct SetAbsencePayload {
    absence: Arc<Absence>,
}

object_at_hand! {
    /// What `setAbsence` answers.
    SetAbsencePayload |payload| {
        /// The absence.
        absence "absence": One<Arc<Absence>> = One(Arc::clone(&payload.absence));
    }
}

/// What `removeAbsence` takes.
#[derive(Debug, InputObject)]
pub struct RemoveAbsenceInput {
    /// The absence.
    id: ID,
}

/// What `removeAbsence` answers.
pub struct RemoveAbsencePayload {
    deleted_id: ID,
}

object_at_hand! {
    /// What `removeAbsence` answers.
    RemoveAbsencePayload |payload| {
        /// The id of what is no longer there.
        deleted_id "deletedId": ID = payload.deleted_id.clone();
    }
}

/// Saying when people are away.
#[derive(Default)]
pub struct AbsenceMutation;

#[Object]
impl AbsenceMutation {
    /// Says when somebody is away and who acts for them. Absences of one person do not overlap.
    async fn set_absence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, when, and who instead.")] input: SetAbsenceInput,
    ) -> Option<Result<One<SetAbsencePayload>>> {
        Some(set(ctx, input).await.map(One))
    }

    /// Takes an absence of yours (an ADMIN: anybody's) away.
    async fn remove_absence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: RemoveAbsenceInput,
    ) -> Option<Result<One<RemoveAbsencePayload>>> {
        Some(remove(ctx, input).await.map(One))
    }
}

async fn set(ctx: &Context<'_>, input: SetAbsenceInput) -> Result<SetAbsencePayload> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let user = |field, id: Option<&str>| id.map(|id| user_of(field, id)).transpose();
    let set = domain::SetAbsence {
        person: user("userId", input.user_id.as_deref())?.unwrap_or_else(|| actor.user_id.clone()),
        from: input.from.0,
        until: input.until.0,
        substitute: user("substituteId", input.substitute_id.as_deref())?,
    };
    let names = [("person", "userId"), ("substitute", "substituteId")];
    let absence = services.directory.set_absence(actor, set).await.map_err(|fault| renamed(fault, &names))?;
    let absence = Absence::all(services, vec![absence]).pop();
    Ok(SetAbsencePayload { absence: absence.ok_or_else(|| Fault::internal("an absence is missing"))? })
}

async fn remove(ctx: &Context<'_>, input: RemoveAbsenceInput) -> Result<RemoveAbsencePayload> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let id = GlobalId::raw_of(NodeKind::Absence, "id", &input.id)?;
    let id = id.parse().map_err(|_| Fault::bad_input("id", "this is not the id of an Absence"))?;
    let removed = services.directory.remove_absence(actor, id).await?;
    Ok(RemoveAbsencePayload { deleted_id: absence_id(removed.id) })
}

/// An absence's global id.
fn absence_id(id: i64) -> ID {
    ID(GlobalId::encode(NodeKind::Absence, id))
}
