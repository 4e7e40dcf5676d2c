//! Somebody's inbox: its first page, and how soon a new task is told.

use std::time::{Duration, Instant};

use docket::kernel::PageArgs;
use docket::workflow::{TaskFilter, TaskOrder};
use futures::StreamExt as _;
use sea_orm::sqlx::{self, Connection as _, PgConnection};

use super::DOCKET;
use crate::approvals::{Approvals, person};
use crate::comparison::{Against, Bound, Comparison, Goal, Measured, Outcome, Side};
use crate::copies::copies;
use crate::stage::{Database, Stage};

/// How many tasks the page has.
const PAGE: i32 = 50;
/// How often it is read.
const READS: u32 = 300;
/// How often a new task is waited for.
const NEWS: u32 = 50;
/// One of so many tasks is the reader's.
const SHARE: i32 = 100;

/// The first page of 10,000 open tasks among 1,000,000, beside the same without the others and the
/// bare query.
pub fn comparison(stage: &Stage) -> Comparison {
    let all = stage.scale.items * 10;
    let own = all / SHARE;
    let alone = Docket { own, all: own };
    let among = Docket { own, all };
    let bare = Bare { own, all };
    let goals = vec![
        Goal {
            of: among.name(),
            figure: None,
            against: Against::BestOf(vec![bare.name()]),
            bound: Bound::AtMost(3.0),
        },
        Goal {
            of: among.name(),
            figure: None,
            against: Against::BestOf(vec![alone.name()]),
            bound: Bound::AtMost(1.25),
        },
    ];
    let sides: Vec<Box<dyn Side>> = vec![Box::new(among), Box::new(alone), Box::new(bare)];
    Comparison { title: "The inbox's first page on PostgreSQL".to_owned(), unit: "ms", sides, goals }
}

struct Docket {
    own: i32,
    all: i32,
}

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        format!("{DOCKET}, {} of {}", self.own, self.all)
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let url = stage.migrated(Database::Postgres, "bench_docket").await?;
        let approvals = Approvals::open(&url).await?;
        fill(&approvals, self.own, self.all).await?;
        let (workflow, reader) = (approvals.workflow(), person(0));
        let page = PageArgs { first: Some(PAGE), ..PageArgs::default() }.check()?;
        let (filter, order) = (TaskFilter::default(), TaskOrder::default());
        for _ in 0..READS / 10 {
            workflow.tasks(&reader, &filter, order, &page).await?;
        }
        let started = Instant::now();
        for _ in 0..READS {
            let found = workflow.tasks(&reader, &filter, order, &page).await?;
            if found.edges.len() != usize::try_from(PAGE)? || !found.has_next {
                return Err("the page is not full".into());
            }
        }
        let read = started.elapsed().as_secs_f64() * 1e3 / f64::from(READS);
        let mut live = workflow.follow_inbox(&reader, None).await?;
        live.next().await.ok_or("the inbox ended")??;
        let mut told = Duration::ZERO;
        for _ in 0..NEWS {
            let started = Instant::now();
            approvals.start(1).await?;
            live.next().await.ok_or("the inbox ended")??;
            told += started.elapsed();
        }
        Ok(Measured::of(read).with("told ms", told.as_secs_f64() * 1e3 / f64::from(NEWS)))
    }
}

/// The index's order and the rows, with all their columns.
struct Bare {
    own: i32,
    all: i32,
}

#[async_trait::async_trait]
impl Side for Bare {
    fn name(&self) -> String {
        "limit: the indexed query alone".to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let url = stage.migrated(Database::Postgres, "bench_limit").await?;
        let approvals = Approvals::open(&url).await?;
        fill(&approvals, self.own, self.all).await?;
        let mut connection = PgConnection::connect(&url).await?;
        let text = "SELECT t.* FROM inbox_entry e JOIN task t ON t.id = e.task_id \
                    WHERE e.principal = $1 AND e.state = 'TODO' ORDER BY e.task_id DESC LIMIT 51";
        let principal = format!("user:{}", person(0).user_id);
        let mut started = Instant::now();
        for n in 0..READS + READS / 10 {
            if n == READS / 10 {
                started = Instant::now();
            }
            let rows = sqlx::query(text).bind(&principal).fetch_all(&mut connection).await?;
            if rows.len() != usize::try_from(PAGE)? + 1 {
                return Err("the page is not full".into());
            }
        }
        let read = started.elapsed().as_secs_f64() * 1e3 / f64::from(READS);
        connection.close().await?;
        Ok(Measured::of(read))
    }
}

/// So many open tasks in all, of which so many are the first person's.
async fn fill(approvals: &Approvals, own: i32, all: i32) -> Outcome<()> {
    let started = approvals.start(1).await?;
    let original = started.first().ok_or("nothing was started")?.instance;
    let people = all / own.max(1);
    let who = format!("CASE WHEN n % {people} = 0 THEN 'user-00' ELSE 'other-' || (n % 1000) END");
    copies(approvals.db(), original, usize::try_from(all)?, &who).await
}
