//! XML from strangers, read within bounds into a tree that knows its lines and namespaces.
//!
//! There is no DOCTYPE, so nothing can be defined that would expand: only the five entities that XML
//! itself has, and references to characters. Names are told apart by their namespace's URI and never
//! by the prefix that a document happens to use.

mod parse;
mod text;

pub(super) use parse::parse;
pub(in crate::workflow) use text::{is_character, is_name};

use super::fault::Spot;

/// The most bytes of a document: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;
/// The most elements of a document.
pub const MAX_ELEMENTS: usize = 20_000;
/// How deep elements may lie in one another; the root is the first.
pub const MAX_DEPTH: usize = 64;
/// The most attributes of an element, with those that declare namespaces.
pub const MAX_ATTRIBUTES: usize = 100;
/// The longest value of an attribute, and the longest text of an element, in bytes.
pub const MAX_TEXT: usize = 64 << 10;

/// The namespaces that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Space {
    /// No namespace: where an attribute without a prefix is.
    None,
    /// BPMN 2.0's own.
    Bpmn,
    /// Docket's.
    Docket,
    /// Flowable's.
    Flowable,
    /// Camunda's, up to version 7.
    Camunda,
    /// Activiti's.
    Activiti,
    /// Camunda's, from version 8 on.
    Zeebe,
    /// Any other.
    Other,
}

impl Space {
    fn of(uri: &str) -> Self {
        match uri {
            "" => Self::None,
            "http://www.omg.org/spec/BPMN/20100524/MODEL" => Self::Bpmn,
            "https://docket.dev/bpmn" => Self::Docket,
            "http://flowable.org/bpmn" => Self::Flowable,
            "http://camunda.org/schema/1.0/bpmn" | "http://camunda.org/bpmn" => Self::Camunda,
            "http://activiti.org/bpmn" => Self::Activiti,
            "http://camunda.org/schema/zeebe/1.0" => Self::Zeebe,
            _ => Self::Other,
        }
    }

    /// The prefix that documents usually have for it.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Bpmn => "bpmn:",
            Self::Docket => "docket:",
            Self::Flowable => "flowable:",
            Self::Camunda => "camunda:",
            Self::Activiti => "activiti:",
            Self::Zeebe => "zeebe:",
            Self::Other => "other:",
        }
    }
}

/// An element with all that is in it.
#[derive(Debug)]
pub(super) struct Element {
    /// The namespace of its name.
    pub(super) space: Space,
    /// Its name without the prefix.
    pub(super) name: Box<str>,
    /// The line of its `<`, from 1.
    pub(super) line: u32,
    /// The column of its `<` in characters, from 1.
    pub(super) column: u32,
    /// Its attributes, without those that declare namespaces.
    pub(super) attributes: Vec<Attribute>,
    /// The elements in it.
    pub(super) children: Vec<Element>,
    /// The text directly in it.
    pub(super) text: String,
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute {
    /// The namespace of its name.
    pub(super) space: Space,
    /// Its name without the prefix.
    pub(super) name: Box<str>,
    /// Its value, with references resolved.
    pub(super) value: Box<str>,
}

impl Element {
    /// Whether it is BPMN's element of this name.
    pub(super) fn is(&self, name: &str) -> bool {
        self.space == Space::Bpmn && &*self.name == name
    }

    /// An attribute without a namespace.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attribute_of(Space::None, name)
    }

    /// An attribute of a namespace.
    pub(super) fn attribute_of(&self, space: Space, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|found| found.space == space && &*found.name == name);
        found.map(|found| &*found.value)
    }

    /// Its id; none where that is blank.
    pub(super) fn id(&self) -> Option<&str> {
        self.attribute("id").filter(|id| !id.trim().is_empty())
    }

    /// Its name for people; none where that is blank.
    pub(super) fn label(&self) -> Option<&str> {
        self.attribute("name").map(str::trim).filter(|name| !name.is_empty())
    }

    /// Its id, and its line.
    pub(super) fn spot(&self) -> Spot<'_> {
        self.into()
    }

    /// BPMN's elements of this name in it.
    pub(super) fn all<'x>(&'x self, name: &str) -> impl Iterator<Item = &'x Element> {
        self.children.iter().filter(move |child| child.is(name))
    }

    /// What its `extensionElements` hold.
    pub(super) fn extensions(&self) -> impl Iterator<Item = &Element> {
        self.all("extensionElements").flat_map(|extensions| &extensions.children)
    }
}
