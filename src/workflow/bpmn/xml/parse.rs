//! The events of XML, put together to a tree.

use std::collections::HashSet;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use quick_xml::name::{NamespaceResolver, ResolveResult};
use quick_xml::reader::NsReader;

use super::text::{Lines, decoded, is_character, is_name};
use super::{Attribute, Element, MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_TEXT, Space};
use crate::workflow::bpmn::fault::{FaultCode, ModelFault, shortened};

/// Why an event was refused; the line is added where it is known.
type Refusal = (FaultCode, String);

/// Reads a document; its root.
///
/// # Errors
/// `MALFORMED_XML` or `TOO_LARGE`: one fault, where reading ended.
pub(in crate::workflow::bpmn) fn parse(bytes: &[u8]) -> Result<Element, ModelFault> {
    let text = decoded(bytes)?;
    let mut lines = Lines::new(text.as_bytes());
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut tree = Tree { is_garbled: text.contains('\u{FFFD}'), ..Tree::default() };
    loop {
        let place = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                let place = usize::try_from(reader.error_position()).unwrap_or(text.len());
                let place = lines.place_of(place);
                return Err(ModelFault::of_document(FaultCode::MalformedXml, place, error.to_string()));
            }
        };
        let at = lines.place_of(place);
        let is_end = matches!(event, Event::Eof);
        tree.take(event, reader.resolver(), at, place)
            .map_err(|(code, message)| ModelFault::of_document(code, at, message))?;
        if is_end {
            break;
        }
    }
    tree.root.ok_or_else(|| {
        ModelFault::of_document(
            FaultCode::MalformedXml,
            (1, 1),
            "the document is empty: there is no element in it",
        )
    })
}

/// The tree as far as it has been read.
#[derive(Default)]
struct Tree {
    root: Option<Element>,
    open: Vec<Element>,
    elements: usize,
    /// Somebody has read the document in an encoding that it is not in.
    is_garbled: bool,
}

impl Tree {
    fn take(
        &mut self,
        event: Event<'_>,
        names: &NamespaceResolver,
        at: (u32, u32),
        place: usize,
    ) -> Result<(), Refusal> {
        match event {
            Event::Start(start) | Event::Empty(start) => self.begin(&start, names, at),
            Event::End(_) => self.end(),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => {
                self.must_be_inside("text")?;
                self.text(&text.xml10_content())
            }
            Event::GeneralRef(reference) => {
                self.must_be_inside("text")?;
                self.text(&resolved(&reference)?)
            }
            Event::Decl(declaration) => declared(&declaration, place, self.is_garbled),
            Event::DocType(_) => Err(malformed("a DOCTYPE is not read: a process needs none")),
            Event::Comment(_) | Event::PI(_) => Ok(()),
            Event::Eof => match self.open.last() {
                Some(open) => Err(malformed(format!("<{}> of line {} is not closed", open.name, open.line))),
                None => Ok(()),
            },
        }
    }

    fn begin(
        &mut self,
        start: &BytesStart<'_>,
        names: &NamespaceResolver,
        (line, column): (u32, u32),
    ) -> Result<(), Refusal> {
        if self.open.is_empty() && self.root.is_some() {
            return Err(malformed("there is more than one element at the top"));
        }
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(too_large(format!("more than {MAX_ELEMENTS} elements")));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(too_large(format!("elements lie in one another more than {MAX_DEPTH} deep")));
        }
        let (found, local) = names.resolve_element(start.name());
        let (space, name) = named(&found, local.as_ref())?;
        let attributes = attributes(start, names)?;
        let text = String::new();
        self.open.push(Element { space, name, line, column, attributes, children: Vec::new(), text });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Refusal> {
        let closed = self.open.pop().ok_or_else(|| malformed("an end tag without its start"))?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(closed),
            None => self.root = Some(closed),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Refusal> {
        let Some(element) = self.open.last_mut() else {
            let is_blank = text.chars().all(|character| character.is_ascii_whitespace());
            return if is_blank { Ok(()) } else { Err(malformed("text outside of all elements")) };
        };
        if element.text.len() + text.len() > MAX_TEXT {
            return Err(too_large(format!("the text of <{}> has more than {MAX_TEXT} bytes", element.name)));
        }
        element.text.push_str(text);
        Ok(())
    }

    fn must_be_inside(&self, what: &str) -> Result<(), Refusal> {
        if self.open.is_empty() { Err(malformed(format!("{what} outside of all elements"))) } else { Ok(()) }
    }
}

fn malformed(message: impl Into<String>) -> Refusal {
    (FaultCode::MalformedXml, message.into())
}

fn too_large(message: String) -> Refusal {
    (FaultCode::TooLarge, message)
}

fn named(found: &ResolveResult<'_>, local: &str) -> Result<(Space, Box<str>), Refusal> {
    if !is_name(local) {
        return Err(malformed(format!("“{}” is no name", shortened(local.to_owned(), 40))));
    }
    let space = match found {
        ResolveResult::Unbound => Space::None,
        ResolveResult::Bound(uri) => Space::of(uri.as_ref()),
        ResolveResult::Unknown(prefix) => {
            let prefix = shortened(prefix.clone(), 40);
            return Err(malformed(format!("the prefix {prefix}: is declared nowhere")));
        }
    };
    Ok((space, local.into()))
}

fn attributes(start: &BytesStart<'_>, names: &NamespaceResolver) -> Result<Vec<Attribute>, Refusal> {
    let mut found: Vec<Attribute> = Vec::new();
    let mut keys = HashSet::new();
    // Duplicates are looked for here, behind the bound on how many there may be.
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| malformed(error.to_string()))?;
        let key = attribute.key;
        let shown = || shortened(key.as_ref().to_owned(), 40);
        if keys.len() >= MAX_ATTRIBUTES {
            return Err(too_large(format!("an element has more than {MAX_ATTRIBUTES} attributes")));
        }
        if !keys.insert(key) {
            return Err(malformed(format!("the attribute {} stands twice", shown())));
        }
        if attribute.value.len() > MAX_TEXT {
            return Err(too_large(format!("the attribute {} has more than {MAX_TEXT} bytes", shown())));
        }
        if attribute.value.contains('<') {
            return Err(malformed(format!("the attribute {} holds <, which is written &lt;", shown())));
        }
        if key.as_namespace_binding().is_some() {
            continue;
        }
        let (resolved, local) = names.resolve_attribute(key);
        let (space, name) = named(&resolved, local.as_ref())?;
        let is_double =
            space != Space::Other && found.iter().any(|one| one.space == space && one.name == name);
        if is_double {
            return Err(malformed(format!("the attribute {} stands twice", shown())));
        }
        let value = attribute
            .normalized_value(XmlVersion::Explicit1_0)
            .map_err(|error| malformed(format!("the attribute {}: {error}", shown())))?;
        if !value.chars().all(is_character) {
            return Err(malformed(format!(
                "the attribute {} refers to a character that XML cannot hold",
                shown()
            )));
        }
        found.push(Attribute { space, name, value: value.into() });
    }
    Ok(found)
}

/// What `&…;` stands for.
fn resolved(reference: &BytesRef<'_>) -> Result<String, Refusal> {
    let character = reference.resolve_char_ref().map_err(|error| malformed(error.to_string()))?;
    match character {
        Some(character) if is_character(character) => Ok(character.to_string()),
        Some(_) => Err(malformed("a reference to a character that XML cannot hold")),
        None => resolve_xml_entity(reference.as_ref()).map(str::to_owned).ok_or_else(|| {
            let name = shortened(reference.as_ref().to_owned(), 40);
            malformed(format!("there is no entity &{name};"))
        }),
    }
}

/// Checks what `<?xml …?>` says.
///
/// Whoever hands a document over has read its text already: which encoding its file is in matters only
/// where that went wrong.
fn declared(declaration: &BytesDecl<'_>, place: usize, is_garbled: bool) -> Result<(), Refusal> {
    if place != 0 {
        return Err(malformed("<?xml …?> may only stand at the very beginning"));
    }
    let version = declaration.version().map_err(|error| malformed(error.to_string()))?;
    if version != "1.0" {
        return Err(malformed(format!("only XML 1.0 is read, not {}", shortened(version.into_owned(), 40))));
    }
    let Some(encoding) = declaration.encoding() else {
        return Ok(());
    };
    let encoding = encoding.map_err(|error| malformed(error.to_string()))?;
    let is_utf_8 = ["utf-8", "utf8"].iter().any(|known| encoding.eq_ignore_ascii_case(known));
    if is_utf_8 || !is_garbled {
        return Ok(());
    }
    let encoding = shortened(encoding.into_owned(), 40);
    Err(malformed(format!(
        "the document says that it is encoded in {encoding}, and was not read so: characters are lost"
    )))
}
