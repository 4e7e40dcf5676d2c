//! Sides that do the same work, measured in turns, and the goals that their ratios are held to.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::stage::Stage;

/// What a part of the benchmark answers; a failure ends the run.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// One of those who do the same work.
#[async_trait::async_trait]
pub trait Side: Send + Sync {
    /// Its name in the table and in the goals; unique in its comparison.
    fn name(&self) -> String;

    /// Does the work once, from a fresh start, and answers what was measured.
    /// Setting up and checking the outcome are not part of the measured time.
    ///
    /// # Errors
    /// Where the work could not be done, or did not come out right.
    async fn measure(&self, stage: &Stage) -> Outcome<Measured>;
}

/// What one turn measured: the comparison's own figure, and others beside it by their names.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// In the comparison's unit.
    pub value: f64,
    /// Such as `p99 ms` or `memory MB`.
    pub beside: BTreeMap<&'static str, f64>,
}

impl Measured {
    /// The one figure alone.
    pub fn of(value: f64) -> Self {
        Self { value, beside: BTreeMap::new() }
    }

    /// With another figure beside it.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: f64) -> Self {
        self.beside.insert(name, value);
        self
    }
}

/// Sides that do the same work.
pub struct Comparison {
    /// What the work is.
    pub title: String,
    /// What the figures count.
    pub unit: &'static str,
    /// Who does it, in the order of the turns.
    pub sides: Vec<Box<dyn Side>>,
    /// What is asked of the figures.
    pub goals: Vec<Goal>,
}

/// What is asked of one side's figure.
#[derive(Debug, Clone, Serialize)]
pub struct Goal {
    /// The side that it is asked of.
    pub of: String,
    /// The figure: the comparison's own, or one beside it.
    pub figure: Option<&'static str>,
    /// What the figure is measured against.
    pub against: Against,
    /// How much it has to be.
    pub bound: Bound,
}

/// What a figure is divided by.
#[derive(Debug, Clone, Serialize)]
pub enum Against {
    /// The highest figure of these sides.
    BestOf(Vec<String>),
    /// Nothing: the figure itself counts.
    Itself,
}

/// How much a ratio or a figure has to be.
#[derive(Debug, Clone, Copy, Serialize)]
pub enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }
}

/// A comparison's medians, and what became of its goals.
#[derive(Debug, Serialize)]
pub struct Compared {
    /// What the work was.
    pub title: String,
    /// What the figures count.
    pub unit: &'static str,
    /// How many turns each side had.
    pub rounds: u32,
    /// One a side, in the order of the turns.
    pub figures: Vec<SideFigures>,
    /// One a goal.
    pub verdicts: Vec<Verdict>,
}

/// The medians of one side.
#[derive(Debug, Serialize)]
pub struct SideFigures {
    /// The side's name.
    pub name: String,
    /// Of the comparison's own figure.
    pub median: f64,
    /// Its lowest and highest.
    pub range: (f64, f64),
    /// Of the figures beside it.
    pub beside: BTreeMap<&'static str, f64>,
}

/// What became of a goal.
#[derive(Debug, Serialize)]
pub struct Verdict {
    /// The goal.
    pub goal: Goal,
    /// The ratio or figure; none where one of the sides was not measured.
    pub value: Option<f64>,
    /// Whether it is met.
    pub is_met: bool,
}

impl Comparison {
    /// Leaves out the sides whose names begin with none of these.
    pub fn keep(&mut self, beginnings: &[String]) {
        self.sides.retain(|side| beginnings.iter().any(|beginning| side.name().starts_with(beginning)));
    }

    /// Gives every side its turn, `rounds` times over. Never two at once: they would share the cores.
    ///
    /// # Errors
    /// The first side's that fails.
    pub async fn run(self, stage: &Stage, rounds: u32) -> Outcome<Compared> {
        let mut measured: Vec<Vec<Measured>> = vec![Vec::new(); self.sides.len()];
        for round in 1..=rounds {
            for (side, turns) in self.sides.iter().zip(&mut measured) {
                let name = side.name();
                crate::report::progress(&format!("{}: round {round} of {rounds}: {name}", self.title));
                let turn = side.measure(stage).await.map_err(|error| format!("{name}: {error}"))?;
                turns.push(turn);
            }
        }
        let figures: Vec<_> = self
            .sides
            .iter()
            .zip(&measured)
            .map(|(side, turns)| SideFigures::of(side.name(), turns))
            .collect();
        let verdicts = self.goals.into_iter().map(|goal| goal.judge(&figures)).collect();
        Ok(Compared { title: self.title, unit: self.unit, rounds, figures, verdicts })
    }
}

impl SideFigures {
    fn of(name: String, turns: &[Measured]) -> Self {
        let values: Vec<_> = turns.iter().map(|turn| turn.value).collect();
        let names = turns.iter().flat_map(|turn| turn.beside.keys().copied());
        let beside = names
            .map(|name| {
                let values = turns.iter().filter_map(|turn| turn.beside.get(name).copied());
                (name, median(values.collect()))
            })
            .collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Self { name, median: median(values), range: (low, high), beside }
    }

    fn figure(&self, figure: Option<&'static str>) -> Option<f64> {
        figure.map_or(Some(self.median), |name| self.beside.get(name).copied())
    }
}

impl Goal {
    /// A side's own figure is at least so many times the best of the others'.
    pub fn at_least(times: f64, of: String, others: Vec<String>) -> Self {
        Self { of, figure: None, against: Against::BestOf(others), bound: Bound::AtLeast(times) }
    }

    /// Holds the medians to the goal. Where a side is missing it is not met, and no value is made up.
    fn judge(self, figures: &[SideFigures]) -> Verdict {
        let of = |name: &String| {
            figures.iter().find(|side| side.name == *name).and_then(|side| side.figure(self.figure))
        };
        let value = of(&self.of).and_then(|own| match &self.against {
            Against::Itself => Some(own),
            Against::BestOf(others) => {
                let others: Option<Vec<f64>> = others.iter().map(of).collect();
                others?.into_iter().reduce(f64::max).map(|best| own / best)
            }
        });
        let is_met = value.is_some_and(|value| self.bound.holds(value));
        Verdict { goal: self, value, is_met }
    }
}

/// The middle one; of an even number the mean of the two in the middle; 0 of none.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(name: &str, values: &[f64]) -> SideFigures {
        let turns: Vec<_> =
            values.iter().map(|value| Measured::of(*value).with("p99 ms", value / 10.0)).collect();
        SideFigures::of(name.to_owned(), &turns)
    }

    fn goal(figure: Option<&'static str>, against: &[&str], bound: Bound) -> Goal {
        let against = if against.is_empty() {
            Against::Itself
        } else {
            Against::BestOf(against.iter().map(|name| (*name).to_owned()).collect())
        };
        Goal { of: "docket".to_owned(), figure, against, bound }
    }

    #[test]
    fn a_median_is_not_moved_by_one_bad_turn() {
        assert_eq!(median(vec![3.0, 1000.0, 1.0]), 3.0);
        assert_eq!(median(vec![4.0, 2.0]), 3.0);
        assert_eq!(side("docket", &[3.0, 1000.0, 1.0]).range, (1.0, 1000.0));
    }

    #[test]
    fn a_goal_is_held_to_the_best_of_the_others() {
        let figures = [side("docket", &[50.0]), side("pg-boss", &[10.0]), side("river", &[20.0])];
        let verdict = goal(None, &["pg-boss", "river"], Bound::AtLeast(2.5)).judge(&figures);
        assert_eq!((verdict.value, verdict.is_met), (Some(2.5), true));
        let verdict = goal(None, &["river"], Bound::AtLeast(2.6)).judge(&figures);
        assert!(!verdict.is_met);
        let verdict = goal(Some("p99 ms"), &[], Bound::AtMost(4.9)).judge(&figures);
        assert_eq!((verdict.value, verdict.is_met), (Some(5.0), false));
    }

    #[test]
    fn a_goal_without_all_its_sides_is_not_met() {
        let figures = [side("docket", &[50.0]), side("pg-boss", &[10.0])];
        for others in [["pg-boss", "river"].as_slice(), &["river"]] {
            let verdict = goal(None, others, Bound::AtLeast(0.0)).judge(&figures);
            assert_eq!((verdict.value, verdict.is_met), (None, false));
        }
        let verdict = goal(None, &["pg-boss"], Bound::AtLeast(0.0)).judge(&figures[1..]);
        assert_eq!((verdict.value, verdict.is_met), (None, false));
    }
}
