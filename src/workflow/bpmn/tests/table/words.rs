//! The vendors' words that are not executed.

use super::{Row, Section, document};
use crate::workflow::bpmn::vendor::tables::{ATTRIBUTES, ELEMENTS, Word, ZEEBE};

/// What attributes become wherever no other table has them.
pub(super) fn attributes() -> Section {
    let rows = ATTRIBUTES.iter().flat_map(|word| {
        let shown = format!("`{}`", word.name);
        let of = |value: &str| {
            document(&format!("<manualTask id=\"n\" camunda:{}=\"{value}\"/>", word.name), "", "")
        };
        let row = Row {
            cells: vec![shown],
            verdict: word.verdict.into(),
            says: says(word),
            name: format!("camunda:{}", word.name),
            without: document("<manualTask id=\"n\"/>", "", ""),
            with: of("x"),
        };
        for harmless in word.harmless {
            assert_eq!(super::read(of(harmless).as_bytes()).map(drop), Ok(()), "{} {harmless}", word.name);
        }
        [row]
    });
    Section {
        title: "Attributes of vendors where nothing reads them",
        text: "At any element to which the table before does not give them.",
        heads: &["attribute"],
        rows: rows.collect(),
    }
}

/// What their elements become.
pub(super) fn elements() -> Section {
    Section {
        title: "Extension elements of vendors where nothing reads them",
        text: "Of Flowable, Camunda 7 and Activiti, and of ruoyi-vue-pro, which writes in their namespaces.",
        heads: &["element"],
        rows: ELEMENTS.iter().map(|word| extension(word, "camunda")).collect(),
    }
}

/// What Camunda 8's become.
pub(super) fn zeebe() -> Section {
    Section {
        title: "Extension elements of Camunda 8",
        text: "Its expressions are FEEL, which is not read. `taskDefinition` is read at tasks of machines.",
        heads: &["element"],
        rows: ZEEBE.iter().map(|word| extension(word, "zeebe")).collect(),
    }
}

fn extension(word: &Word, prefix: &str) -> Row {
    // Activities read this one.
    let tag = if word.name == "inputOutput" { "exclusiveGateway" } else { "manualTask" };
    let of = |inner: &str| {
        let extended = format!("<{tag} id=\"n\"><extensionElements>{inner}</extensionElements></{tag}>");
        document(&extended, "", "")
    };
    Row {
        cells: vec![format!("`{}`", word.name)],
        verdict: word.verdict.into(),
        says: says(word),
        name: format!("<{prefix}:{}>", word.name),
        without: of(""),
        with: of(&format!("<{prefix}:{}/>", word.name)),
    }
}

fn says(word: &Word) -> String {
    let values: Vec<_> = word.harmless.iter().map(|value| format!("`{value}`")).collect();
    match &values[..] {
        [] => word.why.to_owned(),
        values => format!("{}; {} is kept", word.why, values.join(", ")),
    }
}
