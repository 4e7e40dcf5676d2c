//! What a document declares beside its process, for events to refer to: messages, signals, errors
//! and escalations.

use std::collections::HashMap;

use super::fault::{FaultCode, Faults, Spot, shortened};
use super::vendor::{self, Vocabulary};
use super::xml::Element;
use super::{Told, expressions};
use crate::workflow::expression::Template;

/// The code of an error that nothing declares: how it is referred to, as other engines have it.
fn undeclared(kind: Declaration, definition: &Element) -> Option<String> {
    let reference = definition.attribute("errorRef").map(str::trim).filter(|text| !text.is_empty())?;
    (kind == Declaration::Error).then(|| shortened(reference.to_owned(), MAX_CODE))
}

/// The longest code of an error or escalation, in characters.
const MAX_CODE: usize = 255;

/// What can be declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Declaration {
    /// A message, by its name.
    Message,
    /// A signal, by its name.
    Signal,
    /// An error, by its code.
    Error,
    /// An escalation, by its code.
    Escalation,
    /// Those who do something, by their name.
    Resource,
}

impl Declaration {
    const ALL: [Self; 5] = [Self::Message, Self::Signal, Self::Error, Self::Escalation, Self::Resource];

    fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Signal => "signal",
            Self::Error => "error",
            Self::Escalation => "escalation",
            Self::Resource => "resource",
        }
    }
}

/// All that a document declares, by its ids.
#[derive(Debug)]
pub(super) struct Declared<'x>(HashMap<&'x str, &'x Element>);

impl<'x> Declared<'x> {
    /// What stands in `definitions`.
    pub(super) fn of(definitions: &'x Element) -> Self {
        let is_one = |element: &&Element| Declaration::ALL.iter().any(|kind| element.is(kind.as_str()));
        let declared = definitions.children.iter().filter(is_one);
        Self(declared.filter_map(|element| Some((element.id()?, element))).collect())
    }

    /// The name of the message or signal that an event refers to.
    ///
    /// # Errors
    /// Where it refers to none, or to one without a name that can be read.
    pub(super) fn name(
        &self,
        kind: Declaration,
        definition: &Element,
        spot: Spot<'_>,
        faults: &mut Faults,
    ) -> Result<Template, Told> {
        let what = kind.as_str();
        let Some(element) = self.referred(kind, definition, spot, faults)? else {
            faults.add(FaultCode::Missing, spot, format!("{what}Ref is missing: which {what}?"));
            return Err(Told);
        };
        let Some(name) = element.label() else {
            faults.add(FaultCode::Missing, element, format!("the {what} has no name, by which it is known"));
            return Err(Told);
        };
        expressions::template(name, &format!("the {what}'s name"), element.spot(), faults).ok_or(Told)
    }

    /// The code of the error or escalation that an event refers to; none where it refers to none, or
    /// to one without a code.
    ///
    /// # Errors
    /// Where it refers to what is not there, or the code is none.
    pub(super) fn code(
        &self,
        kind: Declaration,
        definition: &Element,
        spot: Spot<'_>,
        faults: &mut Faults,
    ) -> Result<Option<String>, Told> {
        let Some(element) = self.referred(kind, definition, spot, faults)? else {
            return Ok(undeclared(kind, definition));
        };
        let code = element.attribute(&format!("{}Code", kind.as_str())).map(str::trim);
        let Some(code) = code.filter(|code| !code.is_empty()) else {
            return Ok(None);
        };
        let reason = if code.chars().nth(MAX_CODE).is_some() {
            format!("a code has at most {MAX_CODE} characters")
        } else if expressions::holds_expression(code) {
            "a code is no expression".to_owned()
        } else {
            return Ok(Some(code.to_owned()));
        };
        faults.add(FaultCode::BadValue, element, reason);
        Err(Told)
    }

    /// A resource by how it is referred to, where there is one.
    pub(super) fn resource(&self, reference: &str) -> Option<&'x Element> {
        let local = reference.rsplit(':').next().unwrap_or(reference);
        self.0.get(reference).or_else(|| self.0.get(local)).filter(|found| found.is("resource")).copied()
    }

    fn referred(
        &self,
        kind: Declaration,
        definition: &Element,
        spot: Spot<'_>,
        faults: &mut Faults,
    ) -> Result<Option<&'x Element>, Told> {
        let what = kind.as_str();
        let reference = definition.attribute(&format!("{what}Ref")).map(str::trim);
        let Some(reference) = reference.filter(|reference| !reference.is_empty()) else {
            return Ok(None);
        };
        // It may be a qualified name, of the document's own namespace.
        let local = reference.rsplit(':').next().unwrap_or(reference);
        let found = self.0.get(reference).or_else(|| self.0.get(local)).filter(|found| found.is(what));
        let Some(found) = found else {
            if kind == Declaration::Error {
                return Ok(None);
            }
            let message = format!("{what}Ref is {reference}, and there is no such {what}");
            faults.add(FaultCode::BadReference, spot, message);
            return Err(Told);
        };
        vendor::check(found, &Vocabulary::BARE, found.spot(), faults);
        Ok(Some(found))
    }
}
