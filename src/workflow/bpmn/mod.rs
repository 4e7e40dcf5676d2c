//! From BPMN 2.0 XML to the process that the engine runs, with every fault named, all at once.
//!
//! What is read is what bpmn.io, Camunda Modeler and Flowable's designer write. Reading goes in
//! steps, each with files of its own: XML within bounds (`xml`), the elements that are executed
//! (`elements`, `approval`, `lanes`, `forms`) with what they refer to (`declared`, `links`), the graph
//! that they make (`check`), and whether its gateways can join (`check::soundness`). What is not executed here is a fault and never skipped;
//! what only draws or describes is let be.
//!
//! A sequence flow's `sourceRef` and `targetRef` say what it connects; `incoming` and `outgoing`
//! repeat that and are not read. The attributes without namespace are BPMN's; those that vendors add
//! are read in the namespaces of Flowable, Camunda, Activiti and Docket alike.

mod approval;
mod check;
mod declared;
mod diagram;
mod elements;
mod expressions;
mod fault;
mod forms;
mod identity;
mod lanes;
mod links;
mod process;
mod reading;
#[cfg(test)]
mod tests;
mod vendor;
mod xml;

pub(super) use approval::values::{chosen, names};
pub(super) use diagram::{with_diagram, with_diagram_of};
pub(super) use expressions::is_variable;
pub use fault::{FaultCode, ModelFault};
pub(super) use fault::{Faults, Spot};
pub(super) use xml::{MAX_BYTES, is_character, is_name};

use super::model::Model;
#[cfg(test)]
use fault::MAX_FAULTS;

/// That something cannot be read: why is among the faults already.
#[derive(Debug)]
struct Told;

/// The first executable process of a BPMN 2.0 document in UTF-8: of a chart's the only one.
///
/// # Errors
/// As [`read_noting`].
pub fn read(xml: &[u8]) -> Result<Model, Vec<ModelFault>> {
    Ok(read_noting(xml).0?.remove(0))
}

/// The executable processes of a BPMN 2.0 document in UTF-8, in its order and never none, with what is kept
/// of it and not executed, where other engines would: at most [`MAX_FAULTS`], in the document's order.
///
/// Executable is a process that does not say `isExecutable="false"`; where all say so, the only one.
///
/// # Errors
/// All that is wrong with it, at most [`MAX_FAULTS`], in the document's order; never none.
pub fn read_noting(xml: &[u8]) -> (Result<Vec<Model>, Vec<ModelFault>>, Vec<ModelFault>) {
    let (models, faults) = match read_all(xml) {
        Ok(read) => read,
        Err(fault) => return (Err(vec![fault]), Vec::new()),
    };
    let is_well = faults.is_empty() && !models.is_empty();
    let (faults, notes) = faults.into_sorted();
    (if is_well { Ok(models) } else { Err(faults) }, notes)
}

/// What was deployed, perhaps by an earlier program that asked less of it: its instances are under way. What is
/// only a judgement of the whole, and leaves nothing of it unread, is no hindrance to them, and is answered
/// beside it.
///
/// # Errors
/// What cannot be read of it any more.
pub fn read_deployed(xml: &[u8]) -> Result<(Vec<Model>, Vec<ModelFault>), Vec<ModelFault>> {
    let (models, faults) = read_all(xml).map_err(|fault| vec![fault])?;
    // Behind as many as are told there may be others.
    let is_known = !faults.is_full();
    let (faults, _) = faults.into_sorted();
    match is_known && !models.is_empty() && faults.iter().all(|fault| fault.code.is_judgement()) {
        true => Ok((models, faults)),
        false => Err(faults),
    }
}

fn read_all(xml: &[u8]) -> Result<(Vec<Model>, Faults), ModelFault> {
    let root = xml::parse(xml)?;
    let mut faults = Faults::default();
    identity::check(&root, &mut faults);
    let models = process::read(&root, &mut faults);
    Ok((models, faults))
}
