//! Relay paging: the arguments checked once, the same bounds for every connection.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Fault;

/// The most entries a page may hold.
pub const MAX_PAGE: i32 = 100;
/// How many entries a page holds where nobody says.
pub const DEFAULT_PAGE: i32 = 20;
/// The longest cursor taken from outside, in bytes: one may hold an id of 128 characters.
const MAX_CURSOR_BYTES: usize = 720;

/// A connection's arguments as they come from outside.
#[derive(Debug, Default, Clone)]
pub struct PageArgs {
    /// The first so many …
    pub first: Option<i32>,
    /// … behind this cursor.
    pub after: Option<String>,
    /// The last so many …
    pub last: Option<i32>,
    /// … before this cursor.
    pub before: Option<String>,
}

/// What a store is asked for: at most `limit` entries from one side of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many entries, 0 to [`MAX_PAGE`].
    pub limit: u64,
    /// From the end (`last`) instead of from the start.
    pub backwards: bool,
    /// Only entries behind this decoded cursor.
    pub after: Option<String>,
    /// Only entries before this decoded cursor.
    pub before: Option<String>,
}

impl PageArgs {
    /// Checks the arguments and decodes the cursors.
    ///
    /// # Errors
    /// `BAD_INPUT` naming the argument: out of 0 to [`MAX_PAGE`], `first` and `last` at once,
    /// or a cursor that is none.
    pub fn check(self) -> Result<PageRequest, Fault> {
        let bound = |field: &str, n: i32| {
            u64::try_from(n)
                .ok()
                .filter(|_| n <= MAX_PAGE)
                .ok_or_else(|| Fault::bad_input(field, format!("{field} must be between 0 and {MAX_PAGE}")))
        };
        let (limit, backwards) = match (self.first, self.last) {
            (Some(_), Some(_)) => return Err(Fault::bad_input("last", "use either first or last, not both")),
            (first, None) => (bound("first", first.unwrap_or(DEFAULT_PAGE))?, false),
            (None, Some(last)) => (bound("last", last)?, true),
        };
        Ok(PageRequest {
            limit,
            backwards,
            after: self.after.as_deref().map(|text| decode_cursor("after", text)).transpose()?,
            before: self.before.as_deref().map(|text| decode_cursor("before", text)).transpose()?,
        })
    }
}

/// An entry's place in its connection. It becomes a cursor only where somebody asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A number, such as an index.
    Number(i64),
    /// Anything else.
    Text(String),
}

impl Place {
    /// The place as clients see it.
    pub fn cursor(&self) -> String {
        URL_SAFE_NO_PAD.encode(match self {
            Self::Number(number) => format!("c:{number}"),
            Self::Text(text) => format!("c:{text}"),
        })
    }
}

fn decode_cursor(field: &str, text: &str) -> Result<String, Fault> {
    let bad = || Fault::bad_input(field, "this is not a cursor of this connection");
    if text.len() > MAX_CURSOR_BYTES {
        return Err(bad());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
    let decoded = String::from_utf8(bytes).map_err(|_| bad())?;
    decoded.strip_prefix("c:").map(str::to_owned).ok_or_else(bad)
}

/// One entry of a page with its place.
#[derive(Debug, Clone)]
pub struct Edge<T> {
    /// Where it stands.
    pub place: Place,
    /// The entry.
    pub node: T,
}

/// A page in the connection's own order, whichever side it was read from.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The entries.
    pub edges: Vec<Edge<T>>,
    /// Whether there are entries before the page.
    pub has_previous: bool,
    /// Whether there are entries behind the page.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// The same page with other nodes.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Page<U> {
        let edges = self.edges.into_iter().map(|edge| Edge { place: edge.place, node: f(edge.node) });
        Page { edges: edges.collect(), has_previous: self.has_previous, has_next: self.has_next }
    }

    /// Makes a page of what a store read in the request's direction, up to `limit + 1` entries:
    /// the one too many says that there are more.
    pub fn from_read(request: &PageRequest, mut read: Vec<T>, place: impl Fn(&T) -> Place) -> Self {
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let more = read.len() > limit;
        read.truncate(limit);
        if request.backwards {
            read.reverse();
        }
        let edges = read.into_iter().map(|node| Edge { place: place(&node), node }).collect();
        let (has_previous, has_next) = if request.backwards {
            (more, request.before.is_some())
        } else {
            (request.after.is_some(), more)
        };
        Self { edges, has_previous, has_next }
    }
}

impl<T, E> Page<Result<T, E>> {
    /// The page of what is good, or the first error.
    ///
    /// # Errors
    /// The first of the nodes'.
    pub fn transpose(self) -> Result<Page<T>, E> {
        let edges = self.edges.into_iter().map(|edge| Ok(Edge { place: edge.place, node: edge.node? }));
        let edges = edges.collect::<Result<_, E>>()?;
        Ok(Page { edges, has_previous: self.has_previous, has_next: self.has_next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ErrorCode;
    use proptest::prelude::*;

    #[test]
    fn bounds_are_refused_not_clamped() {
        for (args, field) in [
            (PageArgs { first: Some(101), ..Default::default() }, "first"),
            (PageArgs { first: Some(-1), ..Default::default() }, "first"),
            (PageArgs { last: Some(101), ..Default::default() }, "last"),
            (PageArgs { first: Some(1), last: Some(1), ..Default::default() }, "last"),
            (PageArgs { after: Some("§".into()), ..Default::default() }, "after"),
        ] {
            let fault = args.check().unwrap_err();
            assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &field.into()));
        }
    }

    #[test]
    fn the_one_too_many_says_that_there_are_more() {
        let request = PageArgs { last: Some(2), ..Default::default() }.check().unwrap();
        let page = Page::from_read(&request, vec![9, 8, 7], |n| Place::Number(*n));
        assert_eq!(page.edges.iter().map(|edge| edge.node).collect::<Vec<_>>(), [8, 9]);
        assert!(page.has_previous && !page.has_next);
    }

    proptest! {
        #[test]
        fn no_cursor_makes_checking_panic(text in ".{0,600}") {
            let _ = PageArgs { after: Some(text), ..Default::default() }.check();
        }
    }
}
