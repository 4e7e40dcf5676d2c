//! A feed: cursor → replay → live, with one reader a stream for all its subscribers.
