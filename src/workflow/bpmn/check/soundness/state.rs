//! How many tokens lie on each flow.

/// The most tokens on one flow. Where nothing loops there is no way to have many at once but by as
/// many branches; where something does, more than these are taken for ever more.
const MAX_TOKENS: u8 = 16;

/// The flows with tokens, in their order, each with how many.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct State(Vec<(u32, u8)>);

impl State {
    /// How much memory it takes, in flows with tokens.
    pub(super) fn cells(&self) -> usize {
        self.0.len() + 1
    }

    /// Whether there is no token.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The flows with tokens, ascending.
    pub(super) fn flows(&self) -> impl DoubleEndedIterator<Item = u32> {
        self.0.iter().map(|(flow, _)| *flow)
    }

    /// With one token more on each of these flows; a flow where that would be too many is the error.
    pub(super) fn with(&self, flows: impl IntoIterator<Item = u32>) -> Result<Self, u32> {
        let mut tokens = self.0.clone();
        let known = tokens.len();
        for flow in flows {
            match tokens[..known].binary_search_by_key(&flow, |(flow, _)| *flow) {
                Ok(place) if tokens[place].1 >= MAX_TOKENS => return Err(flow),
                Ok(place) => tokens[place].1 += 1,
                Err(_) => tokens.push((flow, 1)),
            }
        }
        tokens.sort_unstable();
        Ok(Self(tokens))
    }

    /// With one token less on each of these flows, which have one.
    pub(super) fn without(&self, flows: &[u32]) -> Self {
        let mut tokens = self.0.clone();
        for flow in flows {
            if let Ok(place) = tokens.binary_search_by_key(flow, |(flow, _)| *flow) {
                tokens[place].1 = tokens[place].1.saturating_sub(1);
            }
        }
        tokens.retain(|(_, count)| *count > 0);
        Self(tokens)
    }
}
