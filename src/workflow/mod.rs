//! Approvals: processes in BPMN 2.0, their instances, and the tasks that people decide.

#![allow(dead_code, unused_imports, reason = "being built")]

mod bpmn;
mod expression;
mod form;
mod model;
