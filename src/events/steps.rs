//! What the attempts of this process are doing, as they last said.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use uuid::Uuid;

type Part = (Uuid, i32);
/// An attempt's number, and its step once it has told one.
type Known = (i32, Option<String>);

/// The step that each attempt in hand in this process has announced last. Other processes' are
/// not known here. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    /// By stream and index.
    in_hand: Arc<Mutex<HashMap<Part, Known>>>,
}

/// Keeps an attempt's step known for as long as it is in hand.
#[derive(Debug)]
pub struct Held {
    steps: Steps,
    part: Part,
    attempt: i32,
}

impl Steps {
    /// An attempt is in hand until the answer is dropped.
    #[must_use]
    pub fn hold(&self, stream: Uuid, index: i32, attempt: i32) -> Held {
        self.in_hand.lock().insert((stream, index), (attempt, None));
        Held { steps: self.clone(), part: (stream, index), attempt }
    }

    /// The attempt has reached `step`; nothing is kept where it is not in hand.
    pub fn reached(&self, stream: Uuid, index: i32, attempt: i32, step: &str) {
        if let Some((of, told)) = self.in_hand.lock().get_mut(&(stream, index))
            && *of == attempt
        {
            *told = Some(step.to_owned());
        }
    }

    /// The step that the attempt has told last; none where it has told none, has ended, or is in
    /// hand elsewhere.
    pub fn of(&self, stream: Uuid, index: i32, attempt: i32) -> Option<String> {
        let in_hand = self.in_hand.lock();
        in_hand.get(&(stream, index)).filter(|(of, _)| *of == attempt).and_then(|(_, step)| step.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut in_hand = self.steps.in_hand.lock();
        // A later attempt may have begun already.
        if in_hand.get(&self.part).is_some_and(|(of, _)| *of == self.attempt) {
            in_hand.remove(&self.part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_known_while_its_attempt_is_in_hand() {
        let (steps, stream) = (Steps::default(), Uuid::from_u128(1));
        steps.reached(stream, 0, 1, "fetch");
        assert_eq!(steps.of(stream, 0, 1), None, "not in hand");
        let first = steps.hold(stream, 0, 1);
        steps.reached(stream, 0, 1, "fetch");
        steps.reached(stream, 0, 1, "resize");
        assert_eq!(steps.of(stream, 0, 1).as_deref(), Some("resize"));
        assert_eq!((steps.of(stream, 1, 1), steps.of(stream, 0, 2)), (None, None));
        let second = steps.hold(stream, 0, 2);
        steps.reached(stream, 0, 1, "store");
        assert_eq!((steps.of(stream, 0, 1), steps.of(stream, 0, 2)), (None, None));
        steps.reached(stream, 0, 2, "fetch");
        drop(first);
        assert_eq!(steps.of(stream, 0, 2).as_deref(), Some("fetch"));
        drop(second);
        assert!(steps.in_hand.lock().is_empty());
    }
}
