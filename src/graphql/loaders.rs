//! Loading for a whole list what one of its members asks for.
//!
//! All members of a list are asked the same things, for they share a selection. So the first
//! one that asks loads for all, and nobody waits for a timer to see who else might ask: one
//! statement a field of a list, however long it is. The loaders live and end with their list.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::kernel::Fault;

/// A fault that several waiters share.
pub type Shared<T> = Result<T, Arc<Fault>>;

/// Loads one kind of value for all keys of a list at once.
pub struct ListLoader<K, V> {
    keys: Vec<K>,
    loaded: OnceCell<Shared<HashMap<K, V>>>,
}

impl<K: Eq + Hash + Clone, V: Clone> ListLoader<K, V> {
    /// A loader for these keys; the same key may stand there more than once.
    pub fn new(keys: impl IntoIterator<Item = K>) -> Self {
        Self { keys: keys.into_iter().collect(), loaded: OnceCell::new() }
    }

    /// The value for `key`; the first to ask calls `load` with all keys.
    ///
    /// # Errors
    /// What `load` failed with, the same for all who ask.
    pub async fn get<E: Into<Fault>>(
        &self,
        key: &K,
        load: impl AsyncFnOnce(&[K]) -> Result<HashMap<K, V>, E>,
    ) -> Shared<Option<V>> {
        let load = async || {
            let mut seen = HashSet::with_capacity(self.keys.len());
            let keys: Vec<_> = self.keys.iter().filter(|key| seen.insert(*key)).cloned().collect();
            load(&keys).await.map_err(|error| Arc::new(error.into()))
        };
        match self.loaded.get_or_init(load).await {
            Ok(values) => Ok(values.get(key).cloned()),
            Err(fault) => Err(Arc::clone(fault)),
        }
    }
}

/// One [`ListLoader`] for each argument that the field is asked with.
pub struct ListLoaders<A, K, V> {
    keys: Vec<K>,
    loaders: Mutex<HashMap<A, Arc<ListLoader<K, V>>>>,
}

impl<A: Eq + Hash, K: Eq + Hash + Clone, V: Clone> ListLoaders<A, K, V> {
    /// Loaders for these keys.
    pub fn new(keys: impl IntoIterator<Item = K>) -> Self {
        Self { keys: keys.into_iter().collect(), loaders: Mutex::default() }
    }

    /// The loader for `argument`.
    pub fn with(&self, argument: A) -> Arc<ListLoader<K, V>> {
        let mut loaders = self.loaders.lock().unwrap_or_else(PoisonError::into_inner);
        let loader = loaders.entry(argument);
        Arc::clone(loader.or_insert_with(|| Arc::new(ListLoader::new(self.keys.iter().cloned()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn the_first_to_ask_loads_for_all() {
        let loader = ListLoader::new([1, 2, 2, 3]);
        let loads = AtomicUsize::new(0);
        let ask = |key| {
            let (loader, loads) = (&loader, &loads);
            async move {
                let load = async |keys: &[i32]| {
                    loads.fetch_add(1, Ordering::SeqCst);
                    assert_eq!(keys, [1, 2, 3]);
                    tokio::task::yield_now().await;
                    Ok::<_, Fault>(keys.iter().filter(|key| **key != 3).map(|key| (*key, key * 10)).collect())
                };
                loader.get(&key, load).await.unwrap()
            }
        };
        let answers = futures::future::join_all([1, 2, 3, 4].map(ask)).await;
        assert_eq!(answers, [Some(10), Some(20), None, None]);
        assert_eq!(loads.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_failure_is_everybodys_and_is_not_repeated() {
        let loader = ListLoader::<i32, i32>::new([1]);
        for expected in ["first", "first"] {
            let fault = loader.get(&1, async |_| Err(Fault::conflict("first"))).await.unwrap_err();
            assert_eq!(fault.message(), expected);
        }
    }
}
