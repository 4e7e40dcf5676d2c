//! The desk: what this replica has in hand, and how much more each run may take.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

use super::driver::Message;
use super::store::read::Claimable;

/// The most items that one turn leases, and the most outcomes that it records.
pub(crate) const CHUNK: usize = 2_000;

/// In-process bookkeeping; the database decides, this only spreads what it gives.
#[derive(Debug)]
pub(crate) struct Desk {
    state: Mutex<State>,
    /// Rung when hands are free that somebody else may need.
    pub(crate) freed: Notify,
}

#[derive(Debug)]
struct State {
    capacities: HashMap<&'static str, usize>,
    runs: HashMap<Uuid, Open>,
    waiting: Vec<Claimable>,
    /// Somebody got all that was free, or nothing, while others had reserved more.
    turned_away: bool,
    closing: bool,
}

#[derive(Debug)]
struct Open {
    kind: &'static str,
    in_hand: usize,
    /// What its turn that is under way may still claim.
    reserved: usize,
    /// Its last turn failed.
    failing: bool,
    driver: mpsc::UnboundedSender<Message>,
}

impl Open {
    fn held(&self) -> usize {
        self.in_hand + self.reserved
    }
}

/// What is known of one run when its share is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// What the whole replica can have in hand of this kind.
    pub(crate) capacity: usize,
    /// What it has.
    pub(crate) in_hand: usize,
    /// What it has of this run.
    pub(crate) own: usize,
    /// How many runs have something in hand or wait.
    pub(crate) active: usize,
    /// A run that goes first waits.
    pub(crate) outranked: bool,
    /// A run that is no less urgent waits with less than its share.
    pub(crate) contended: bool,
}

/// How many more items a run may take: everything that is free while nobody else waits, its
/// fair share otherwise, nothing while a more urgent run waits.
pub(crate) fn allowance(share: Share) -> usize {
    let free = share.capacity.saturating_sub(share.in_hand).min(CHUNK);
    if share.outranked {
        0
    } else if share.contended {
        fair_share(share.capacity, share.active).saturating_sub(share.own).min(free)
    } else {
        free
    }
}

fn fair_share(capacity: usize, active: usize) -> usize {
    (capacity / active.max(1)).max(1)
}

impl Desk {
    pub(crate) fn new(capacities: HashMap<&'static str, usize>) -> Self {
        let state = State {
            capacities,
            runs: HashMap::new(),
            waiting: Vec::new(),
            turned_away: false,
            closing: false,
        };
        Self { state: Mutex::new(state), freed: Notify::new() }
    }

    /// No run may take anything any more.
    pub(crate) fn close(&self) {
        self.state.lock().closing = true;
    }

    /// Whether anything is in hand, or a turn that may yet claim is under way.
    pub(crate) fn is_busy(&self) -> bool {
        self.state.lock().runs.values().any(|open| open.held() > 0)
    }

    /// Whether a turn that may yet claim is under way.
    pub(crate) fn is_claiming(&self) -> bool {
        self.state.lock().runs.values().any(|open| open.reserved > 0)
    }

    /// The runs whose last turn failed; their drivers try again by themselves. No more than `most`.
    pub(crate) fn failing(&self, most: usize) -> Vec<Uuid> {
        let state = self.state.lock();
        state.runs.iter().filter(|(_, open)| open.failing).map(|(id, _)| *id).take(most).collect()
    }

    /// A turn of the run failed, or came through again. Nobody waits for one that fails.
    pub(crate) fn set_failing(&self, run: Uuid, failing: bool) {
        let mut state = self.state.lock();
        if let Some(open) = state.runs.get_mut(&run) {
            open.failing = failing;
        }
        if failing {
            state.waiting.retain(|waiting| waiting.id != run);
        }
    }

    /// The runs that have something to claim, as the database last said.
    pub(crate) fn set_waiting(&self, waiting: Vec<Claimable>) {
        self.state.lock().waiting = waiting;
    }

    /// A run turned out to have nothing more to give for now.
    pub(crate) fn no_longer_waiting(&self, run: Uuid) {
        self.state.lock().waiting.retain(|waiting| waiting.id != run);
    }

    /// How many more items of `run` may be leased now.
    pub(crate) fn allowance(&self, run: Uuid, kind: &'static str, priority: i16) -> usize {
        self.state.lock().allowance(run, kind, priority)
    }

    /// The same, set aside for the turn that the run's driver is about to take, until it says
    /// what it has in hand after it.
    pub(crate) fn reserve(&self, run: Uuid, kind: &'static str, priority: i16) -> usize {
        let mut state = self.state.lock();
        let reserved = state.allowance(run, kind, priority);
        match state.runs.get_mut(&run) {
            Some(open) => {
                open.reserved = reserved;
                reserved
            }
            None => 0,
        }
    }

    /// Hands a message to the run's driver, making one with `start` where there is none.
    pub(crate) fn tell(
        &self,
        run: Uuid,
        kind: &'static str,
        message: Message,
        start: impl FnOnce(mpsc::UnboundedReceiver<Message>),
    ) {
        let mut state = self.state.lock();
        if state.closing {
            return;
        }
        let open = state.runs.entry(run).or_insert_with(|| {
            let (driver, inbox) = mpsc::unbounded_channel();
            start(inbox);
            Open { kind, in_hand: 0, reserved: 0, failing: false, driver }
        });
        // A driver leaves the desk before it stops listening.
        let _ = open.driver.send(message);
    }

    /// Hands a message to the run's driver where there is one.
    pub(crate) fn tell_open(&self, run: Uuid, message: Message) {
        if let Some(open) = self.state.lock().runs.get(&run) {
            let _ = open.driver.send(message);
        }
    }

    /// Whether the run has a driver.
    #[cfg(test)]
    pub(crate) fn is_open(&self, run: Uuid) -> bool {
        self.state.lock().runs.contains_key(&run)
    }

    /// Hands a message to every driver.
    pub(crate) fn tell_all(&self, message: impl Fn() -> Message) {
        for open in self.state.lock().runs.values() {
            let _ = open.driver.send(message());
        }
    }

    /// The driver of `run` now has `in_hand` items, and needs no more than that.
    pub(crate) fn set_in_hand(&self, run: Uuid, in_hand: usize) {
        let mut state = self.state.lock();
        let Some(open) = state.runs.get_mut(&run) else { return };
        let freed = open.held() > in_hand;
        open.in_hand = in_hand;
        open.reserved = 0;
        if freed && std::mem::take(&mut state.turned_away) {
            self.freed.notify_one();
        }
    }

    /// The driver of `run` is no more, whatever waits for it.
    pub(crate) fn abandon(&self, run: Uuid) {
        self.state.lock().runs.remove(&run);
    }

    /// The driver of `run` has nothing in hand and wants to go; not while a message waits for it.
    pub(crate) fn leave(&self, run: Uuid, inbox: &mpsc::UnboundedReceiver<Message>) -> bool {
        let mut state = self.state.lock();
        let may_go = inbox.is_empty();
        if may_go {
            state.runs.remove(&run);
        }
        may_go
    }
}

impl State {
    fn allowance(&mut self, run: Uuid, kind: &'static str, priority: i16) -> usize {
        if self.closing {
            return 0;
        }
        let capacity = self.capacities.get(kind).copied().unwrap_or(0);
        let of_kind = || self.runs.iter().filter(|(_, open)| open.kind == kind);
        let own = |id: &Uuid| self.runs.get(id).map_or(0, Open::held);
        let rivals: Vec<_> =
            self.waiting.iter().filter(|waiting| waiting.id != run && waiting.kind == kind).collect();
        let waiting_idle = rivals.iter().filter(|rival| own(&rival.id) == 0).count();
        let others = of_kind().filter(|(id, open)| **id != run && open.held() > 0).count();
        let active = others + waiting_idle + 1;
        let fair = fair_share(capacity, active);
        let in_hand = of_kind().map(|(_, open)| open.held()).sum();
        let allowed = allowance(Share {
            capacity,
            in_hand,
            own: own(&run),
            active,
            outranked: rivals.iter().any(|rival| rival.priority > priority),
            contended: rivals.iter().any(|rival| rival.priority == priority && own(&rival.id) < fair),
        });
        let reserved_by_others = of_kind().any(|(id, open)| *id != run && open.reserved > 0);
        self.turned_away |= reserved_by_others && allowed == capacity.saturating_sub(in_hand);
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Share =
        Share { capacity: 12, in_hand: 4, own: 4, active: 1, outranked: false, contended: false };

    #[test]
    fn a_run_alone_takes_all_that_is_free() {
        assert_eq!(allowance(FREE), 8);
    }

    #[test]
    fn a_run_among_others_stops_at_its_share() {
        assert_eq!(allowance(Share { active: 3, contended: true, ..FREE }), 0);
        assert_eq!(allowance(Share { active: 2, contended: true, ..FREE }), 2);
    }

    #[test]
    fn a_more_urgent_run_goes_first() {
        assert_eq!(allowance(Share { outranked: true, ..FREE }), 0);
    }

    #[test]
    fn more_runs_than_hands_still_get_one_each() {
        assert_eq!(allowance(Share { in_hand: 11, own: 0, active: 40, contended: true, ..FREE }), 1);
    }

    /// Gives the run a driver, whose inbox this is.
    fn open(desk: &Desk, run: Uuid) -> Option<mpsc::UnboundedReceiver<Message>> {
        let mut kept = None;
        desk.tell(run, "k", Message::Look, |inbox| kept = Some(inbox));
        kept
    }

    /// Whether somebody was told that hands are free.
    fn rung(desk: &Desk) -> bool {
        use futures::FutureExt;
        desk.freed.notified().now_or_never().is_some()
    }

    #[test]
    fn what_one_turn_may_claim_no_other_may() {
        let desk = Desk::new([("k", 5)].into());
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let _inboxes = (open(&desk, one), open(&desk, other));
        assert_eq!(desk.reserve(one, "k", 0), 5);
        assert!(desk.is_claiming() && desk.is_busy());
        assert_eq!(desk.reserve(other, "k", 0), 0);
        desk.set_in_hand(one, 2);
        assert!(rung(&desk), "what was not used is offered to who was turned away");
        assert!(!desk.is_claiming() && desk.is_busy());
        assert_eq!(desk.reserve(other, "k", 0), 3);
        desk.set_in_hand(other, 3);
        desk.set_in_hand(one, 0);
        assert!(!rung(&desk), "nobody was turned away since");
    }

    #[test]
    fn nobody_waits_for_a_run_that_fails() {
        let desk = Desk::new([("k", 5)].into());
        let (urgent, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let _inbox = open(&desk, urgent);
        desk.set_waiting(vec![Claimable { id: urgent, kind: "k".to_owned(), priority: 9 }]);
        assert_eq!(desk.allowance(other, "k", 0), 0);
        desk.set_failing(urgent, true);
        assert_eq!((desk.allowance(other, "k", 0), desk.failing(9)), (5, vec![urgent]));
        desk.set_failing(urgent, false);
        assert!(desk.failing(9).is_empty());
    }
}
