//! Which media types a GraphQL request comes in and may be answered in.

/// The type of an answer that is one JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonType {
    /// `application/graphql-response+json`: the status tells whether the request could be executed.
    GraphqlResponse,
    /// `application/json`: status 200 for every well-formed request, for the clients of old.
    Json,
}

impl JsonType {
    /// The value of `Content-Type`.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }
}

/// What a client takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepted {
    /// The preferred JSON type, where any is acceptable.
    pub json: Option<JsonType>,
    /// Whether an event stream is acceptable.
    pub event_stream: bool,
}

/// Reads `Accept` (all its values joined by commas).
///
/// Without the header the answer is `application/graphql-response+json`, as GraphQL over HTTP has
/// it; to whom anything is good (`*/*`), plain JSON goes, which every tool can show. An event stream
/// must be asked for by name.
pub(super) fn negotiate(accept: Option<&str>) -> Accepted {
    let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
        return Accepted { json: Some(JsonType::GraphqlResponse), event_stream: false };
    };
    let ranges: Vec<Range<'_>> = accept.split(',').take(64).filter_map(Range::parse).collect();
    // The most specific range that covers a type decides about it.
    let quality = |subtype: &str, kind: &str| {
        ranges
            .iter()
            .filter(|range| range.covers(kind, subtype))
            .max_by_key(|range| range.specificity())
            .map_or((0, 0), |range| (range.quality, range.specificity()))
    };
    let graphql = quality("graphql-response+json", "application");
    let json = quality("json", "application");
    let (stream, specificity) = quality("event-stream", "text");
    let preferred = match (graphql.0, json.0) {
        (0, 0) => None,
        _ if graphql.0 > json.0 => Some(JsonType::GraphqlResponse),
        _ if graphql.0 == json.0 && graphql.1 == 2 => Some(JsonType::GraphqlResponse),
        _ => Some(JsonType::Json),
    };
    Accepted { json: preferred, event_stream: stream > 0 && specificity == 2 }
}

/// Whether `Content-Type` says JSON in UTF-8. Anything else, forms above all, is what a page of
/// another site could send without asking first.
pub(super) fn is_json(content_type: Option<&str>) -> bool {
    let mut parts = content_type.unwrap_or_default().split(';');
    let essence = parts.next().unwrap_or_default().trim();
    let utf8 = |part: &str| match part.trim().split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    essence.eq_ignore_ascii_case("application/json") && parts.all(utf8)
}

/// One entry of `Accept`.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    /// In thousandths.
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';');
        let (kind, subtype) = parts.next()?.trim().split_once('/')?;
        let quality = parts
            .filter_map(|part| part.trim().split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .map_or(1.0, |(_, value)| value.trim().parse::<f32>().unwrap_or(0.0));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped just before")]
        let quality = (quality.clamp(0.0, 1.0) * 1000.0) as u16;
        Some(Self { kind, subtype, quality })
    }

    fn covers(&self, kind: &str, subtype: &str) -> bool {
        let same = |pattern: &str, name: &str| pattern == "*" || pattern.eq_ignore_ascii_case(name);
        same(self.kind, kind) && same(self.subtype, subtype)
    }

    fn specificity(&self) -> u8 {
        u8::from(self.kind != "*") + u8::from(self.subtype != "*")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_type_is_negotiated() {
        use JsonType::{GraphqlResponse, Json};
        for (accept, json, event_stream) in [
            (None, Some(GraphqlResponse), false),
            (Some(""), Some(GraphqlResponse), false),
            (Some("*/*"), Some(Json), false),
            (Some("application/*"), Some(Json), false),
            (Some("application/json"), Some(Json), false),
            (Some("application/graphql-response+json"), Some(GraphqlResponse), false),
            (Some("application/graphql-response+json, application/json;q=0.9"), Some(GraphqlResponse), false),
            (Some("application/json, application/graphql-response+json; q=0.5"), Some(Json), false),
            (Some("APPLICATION/JSON, application/graphql-response+json"), Some(GraphqlResponse), false),
            (Some("application/graphql-response+json;q=0, */*"), Some(Json), false),
            (Some("text/event-stream"), None, true),
            (Some("application/json, text/event-stream"), Some(Json), true),
            (Some("text/event-stream;q=0, */*"), Some(Json), false),
            (Some("text/html"), None, false),
            (Some("text/html, */*;q=0.1"), Some(Json), false),
            (Some("nonsense"), None, false),
            (Some("application/json;q=nonsense"), None, false),
        ] {
            assert_eq!(negotiate(accept), Accepted { json, event_stream }, "{accept:?}");
        }
    }

    #[test]
    fn only_json_in_utf8_is_read() {
        for good in
            ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""]
        {
            assert!(is_json(Some(good)), "{good}");
        }
        for bad in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/jsonx",
            "text/plain; application/json",
            "",
        ] {
            assert!(!is_json(Some(bad)), "{bad}");
        }
        assert!(!is_json(None));
    }
}
