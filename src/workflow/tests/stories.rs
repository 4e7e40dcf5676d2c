//! Random decisions by random people in random processes: whatever happens in whatever order, the
//! books add up after each step, and everything that was begun can be brought to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::block::{Begins, Block, LISTS, block, process, small};
use super::driver::{Deed, STARTER, Telling};
use super::office::{Office, actor};
use super::servers::answers;
use crate::engine::testing::explore_where;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{Sent, StartProcess};

/// A process with those that it calls, and what people do in an instance of it.
#[derive(Debug, Clone)]
struct Story {
    block: Block,
    child: Block,
    same_approver: &'static str,
    v: u32,
    again: bool,
    begins: Begins,
    deeds: Vec<Deed>,
}

fn deed() -> impl Strategy<Value = Deed> {
    (0..1_000usize, 0..1_000usize, 0..1_000usize, 0..1_000usize, prop::bool::weighted(0.15))
        .prop_map(|(who, what, which, more, is_strange)| Deed { who, what, which, more, is_strange })
}

fn story() -> impl Strategy<Value = Story> {
    let same_approver = select(vec!["ASK", "ASK", "ALL", "ADJACENT"]);
    let block = block().prop_filter("few children", |block| block.children() <= 12);
    let begins = select(vec![Begins::ByHand, Begins::ByHand, Begins::UnderCondition, Begins::ByMessage]);
    (block, small(), same_approver, 0..4u32, any::<bool>(), begins, vec(deed(), 1..40)).prop_map(
        |(block, child, same_approver, v, again, begins, deeds)| Story {
            block,
            child,
            same_approver,
            v,
            again,
            begins,
            deeds,
        },
    )
}

impl Story {
    /// Deploys the process under a key that none has; the key.
    async fn is_deployed(&self, office: &Office) -> String {
        static STORIES: AtomicU32 = AtomicU32::new(0);
        let number = STORIES.fetch_add(1, Ordering::Relaxed);
        let [key, child, grandchild] = ["p", "c", "g"].map(|kind| format!("{kind}{number}"));
        let same = format!(r#"docket:sameApprover="{}" docket:businessType="claim""#, self.same_approver);
        office.deploys(&process(&grandchild, "", "", Begins::ByHand, &Block::step_of("eve"))).await;
        office.deploys(&process(&child, "", &grandchild, Begins::ByHand, &self.child)).await;
        office.deploys(&process(&key, &same, &child, self.begins, &self.block)).await;
        key
    }

    async fn is_told(&self, office: &Office) {
        let key = self.is_deployed(office).await;
        let mut variables: Map<String, Value> =
            LISTS.iter().map(|(name, people)| ((*name).to_owned(), json!(people))).collect();
        variables.insert("v".to_owned(), self.v.into());
        variables.insert("again".to_owned(), self.again.into());
        let begun = if self.begins == Begins::ByMessage {
            let (name, business_key) = (key.clone(), Some(key.clone()));
            let message = Sent { name, business_key, instance: None, definition_key: None, variables };
            office.workflow.send_message(&actor("olivia"), message).await.map(|instance| instance.id)
        } else {
            let start = StartProcess {
                definition_key: key.clone(),
                business_key: Some(key.clone()),
                variables,
                ..StartProcess::default()
            };
            office.workflow.start(Some(&actor(STARTER)), start).await.map(|started| started.instance.id)
        };
        let root = begun.unwrap_or_else(|fault| panic!("{fault} {:?}", fault.details()));
        let books = office.audit_of(&[root]).await;
        let story = key.trim_start_matches(char::is_alphabetic).to_owned();
        let mut telling = Telling { office, root, story, books };
        for deed in &self.deeds {
            if !telling.goes_on(deed).await {
                break;
            }
        }
        telling.comes_to_its_end().await;
    }
}

async fn the_books_add_up_in_every_story(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let people = "id,name,roles\nann,Ann,\nben,Ben,\ncat,Cat,finance\ndan,Dan,finance\neve,Eve,\nsam,Sam,\n";
    office.people("id,name\nD1,Office\n", people).await;
    // Servers fail for now and for good, now and then.
    office.servers.behave(|_, before| match before % 11 {
        3 | 7 => answers(400, &Value::Null),
        5 => answers(503, &Value::Null),
        _ => answers(200, &json!({"v": before % 4})),
    });
    let office = Arc::new(office);
    explore_where(32, story, move |story| {
        let office = Arc::clone(&office);
        async move { story.is_told(&office).await }
    })
    .await;
}

on_both_databases!(the_books_add_up_in_every_story);
