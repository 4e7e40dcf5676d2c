//! What a run prints.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "printing is what a benchmark is for")]

use crate::comparison::{Against, Bound, Compared, Goal, Verdict};

/// Says what is being measured, on the error stream.
pub fn progress(text: &str) {
    eprintln!("  … {text}");
}

/// Prints a server's address, for whoever has started it.
pub fn listening(address: std::net::SocketAddr) {
    println!("listening on http://{address}");
}

/// Prints one comparison's table: the medians, and each as a ratio of the first.
pub fn print(compared: &Compared) {
    println!("\n{}", table(compared));
}

/// Prints every goal with what became of it.
pub fn print_goals(all: &[Compared]) {
    println!("\nGoals");
    for compared in all {
        for verdict in &compared.verdicts {
            println!("{}", goal_line(&compared.title, verdict));
        }
    }
}

fn table(compared: &Compared) -> String {
    let mut lines = vec![format!(
        "{} ({}, median of {} rounds in turns)",
        compared.title, compared.unit, compared.rounds
    )];
    let width = compared.figures.iter().map(|side| side.name.chars().count()).max().unwrap_or(0);
    let first = compared.figures.first().map_or(0.0, |side| side.median);
    for side in &compared.figures {
        let mut line = format!(
            "  {:width$}  {:>9}  {:>6}  ({} to {})",
            side.name,
            number(side.median),
            if first > 0.0 { format!("{:.2}", side.median / first) } else { String::new() },
            number(side.range.0),
            number(side.range.1),
        );
        for (name, value) in &side.beside {
            line += &format!("  {name} {}", number(*value));
        }
        lines.push(line);
    }
    lines.join("\n")
}

fn goal_line(title: &str, verdict: &Verdict) -> String {
    let Goal { of, figure, against, bound } = &verdict.goal;
    let figure = figure.map_or(String::new(), |figure| format!(" {figure}"));
    let (sign, limit) = match bound {
        Bound::AtLeast(least) => ("≥", least),
        Bound::AtMost(most) => ("≤", most),
    };
    let asked = match against {
        Against::Itself => format!("{sign} {}", number(*limit)),
        Against::BestOf(others) => format!("{sign} {limit} × {}", others.join(" or ")),
    };
    let (mark, value) = match verdict.value {
        None => ("not measured", String::new()),
        Some(value) if verdict.is_met => ("met", format!(": {}", number(value))),
        Some(value) => ("MISSED", format!(": {}", number(value))),
    };
    format!("  {mark:<12}  {title}: {of}{figure} {asked}{value}")
}

/// Three significant digits or whole numbers: more is not known.
fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        small if small >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::SideFigures;

    #[test]
    fn ratios_stand_beside_the_figures() {
        let side = |name: &str, median| SideFigures {
            name: name.to_owned(),
            median,
            range: (median, median),
            beside: [("p99 ms", 12.34)].into(),
        };
        let compared = Compared {
            title: "Engine".to_owned(),
            unit: "items/s",
            rounds: 3,
            figures: vec![side("limit", 100_000.0), side("docket", 60_000.0)],
            verdicts: vec![],
        };
        assert_eq!(
            table(&compared),
            "Engine (items/s, median of 3 rounds in turns)\n  \
             limit      100000    1.00  (100000 to 100000)  p99 ms 12.3\n  \
             docket      60000    0.60  (60000 to 60000)  p99 ms 12.3"
        );
    }

    #[test]
    fn a_missed_goal_cannot_be_overlooked() {
        let verdict = Verdict {
            goal: Goal {
                of: "docket".to_owned(),
                figure: None,
                against: Against::BestOf(vec!["limit".to_owned()]),
                bound: Bound::AtLeast(0.5),
            },
            value: Some(0.4),
            is_met: false,
        };
        assert_eq!(goal_line("Engine", &verdict), "  MISSED        Engine: docket ≥ 0.5 × limit: 0.400");
    }
}
