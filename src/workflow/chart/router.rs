//! Nodes from where the flow goes to another node of the chart, where a condition holds.

use serde_json::Value;

use super::condition;
use super::draft::{Draft, Element, Loose};
use super::fields::Fields;
use super::read::Node;
use super::{Faults, Source};
use crate::workflow::bpmn::FaultCode;

/// A way to another node.
#[derive(Debug)]
pub(super) struct Route {
    source: Source,
    name: Option<String>,
    node: String,
    condition: Option<String>,
}

/// Reads `routes`.
pub(super) fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Vec<Route> {
    let routes: Option<Vec<Value>> = fields.take("routes", faults);
    let routes = fields.needed("routes", routes, faults).unwrap_or_default();
    let place = fields.place("routes");
    let routes = routes.iter().enumerate().filter_map(|(at, value)| {
        let source = Source { path: format!("{}[{at}]", place.path), ..place.clone() };
        route(value, source, faults)
    });
    routes.collect()
}

fn route(value: &Value, source: Source, faults: &mut Faults) -> Option<Route> {
    let mut fields = Fields::of(value, source, faults)?;
    let node = fields.text("node", faults);
    let node = fields.needed("node", node, faults);
    let place = fields.place("condition");
    let condition = fields.raw("condition");
    let condition = fields.needed("condition", condition, faults);
    let condition = condition.and_then(|value| condition::read(value, place, faults));
    let name = fields.text("name", faults);
    let source = fields.source.clone();
    fields.finish("a route", faults);
    Some(Route { source, name, node: node?, condition })
}

impl Draft {
    /// A gateway whose flows lead to the routes' nodes, and by default on.
    pub(super) fn router(&mut self, node: &Node, routes: &[Route], faults: &mut Faults) -> Vec<Loose> {
        self.add(Element::of(node, "bpmn:exclusiveGateway"));
        for route in routes {
            if !self.is_node(&route.node) {
                let message = format!("node is {}, and there is no such node", route.node);
                faults.add(FaultCode::BadReference, &route.source, message);
                continue;
            }
            let way = Loose {
                from: node.id.clone(),
                id: None,
                name: route.name.clone(),
                condition: route.condition.clone(),
                is_default: false,
                source: route.source.clone(),
            };
            self.connect(vec![way], &route.node);
        }
        vec![Loose { is_default: true, ..Loose::from(node) }]
    }
}
