//! XML as it is written: elements put together as a tree, and never as text.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::QName;

/// An element to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Tag>,
    text: Option<String>,
}

impl Tag {
    /// An element with nothing in it.
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new(), text: None }
    }

    /// The same with an attribute.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// The same with an attribute, where it has a value.
    pub(super) fn with_some(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with elements in it.
    pub(super) fn holding(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// The same with a text in it, and nothing else.
    pub(super) fn saying(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// The text of a document with this element as its root.
    ///
    /// # Errors
    /// None that a text in memory could have.
    pub(super) fn document(&self) -> io::Result<String> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        self.write(&mut writer)?;
        let mut text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
        text.push('\n');
        Ok(text)
    }

    /// The text of the element alone.
    ///
    /// # Errors
    /// As [`document`](Self::document).
    pub(super) fn fragment(&self) -> io::Result<String> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        self.write(&mut writer)?;
        String::from_utf8(writer.into_inner()).map_err(io::Error::other)
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> io::Result<()> {
        let mut start = BytesStart::new(self.name);
        for (name, value) in &self.attributes {
            start.push_attribute(Attribute { key: QName(name), value: Cow::Owned(attribute(value)) });
        }
        if self.children.is_empty() && self.text.is_none() {
            return writer.write_event(Event::Empty(start));
        }
        writer.write_event(Event::Start(start))?;
        if let Some(text) = &self.text {
            writer.write_event(Event::Text(BytesText::new(text)))?;
        }
        for child in &self.children {
            child.write(writer)?;
        }
        writer.write_event(Event::End(BytesEnd::new(self.name)))
    }
}

/// An attribute's value as it is written: a bare line break would be read as a blank.
fn attribute(value: &str) -> String {
    escape(value).replace('\n', "&#10;").replace('\r', "&#13;").replace('\t', "&#9;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_as_it_was() {
        let wild = "a<b>&\"c\"'d' ]]> \n\t é 你好 ${x > 1 && y}";
        let tag = Tag::new("root").with("id", wild).holding([
            Tag::new("empty"),
            Tag::new("text").saying(wild),
            Tag::new("outer").holding([Tag::new("inner").with_some("none", None::<&str>)]),
        ]);
        let document = tag.document().unwrap();
        let mut reader = quick_xml::Reader::from_str(&document);
        let mut found = (String::new(), String::new());
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(start) if start.name() == QName("root") => {
                    let attribute = start.attributes().next().unwrap().unwrap();
                    found.0 = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).unwrap().into();
                }
                Event::Start(start) if start.name() == QName("text") => {
                    let raw = reader.read_text(start.name()).unwrap();
                    found.1 = quick_xml::escape::unescape(&raw).unwrap().into();
                }
                _ => {}
            }
        }
        assert_eq!(found, (wild.to_owned(), wild.to_owned()));
    }
}
