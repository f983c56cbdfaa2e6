//! The last of what there was.

use std::collections::VecDeque;

/// What was added, in that order: all of it, or the last of it where a number says how much to keep.
pub(super) struct Recent<T> {
    kept: VecDeque<T>,
    most: usize,
    added: usize,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { kept: VecDeque::new(), most: usize::MAX, added: 0 }
    }
}

impl<T> Recent<T> {
    /// Keeps only the last `most`, and drops at once what is more than that.
    pub(super) fn keep(&mut self, most: usize) {
        self.most = most;
        self.kept.drain(..self.kept.len().saturating_sub(most));
        self.kept.shrink_to_fit();
    }

    pub(super) fn add(&mut self, item: T) {
        self.added += 1;
        // The oldest goes before the newest comes, so that the room for one more is not needed.
        if self.kept.len() >= self.most {
            self.kept.pop_front();
        }
        if self.most > 0 {
            self.kept.push_back(item);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.kept.iter()
    }

    /// How many were added, those that were dropped since too.
    pub(super) fn added(&self) -> usize {
        self.added
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Recent;

    /// What is kept of a row of numbers.
    fn kept(recent: &Recent<usize>) -> Vec<usize> {
        recent.iter().copied().collect()
    }

    #[test]
    fn the_oldest_are_dropped_first() {
        let mut recent = Recent::default();
        for number in 0..5 {
            recent.add(number);
        }
        assert_eq!((kept(&recent), recent.added()), (vec![0, 1, 2, 3, 4], 5));
        recent.keep(3);
        assert_eq!(kept(&recent), [2, 3, 4]);
        recent.add(5);
        assert_eq!((kept(&recent), recent.added()), (vec![3, 4, 5], 6));
        recent.keep(4);
        for number in 6..8 {
            recent.add(number);
        }
        assert_eq!(kept(&recent), [4, 5, 6, 7]);
        recent.keep(0);
        assert!(kept(&recent).is_empty());
        recent.add(8);
        assert_eq!((kept(&recent), recent.added()), (vec![], 9));
    }

    #[test]
    fn what_is_dropped_takes_no_memory() {
        let item = Arc::new(());
        let mut recent = Recent::default();
        for _ in 0..1_000 {
            recent.add(Arc::clone(&item));
        }
        recent.keep(10);
        assert_eq!(Arc::strong_count(&item), 11);
        assert!(recent.kept.capacity() < 100, "{}", recent.kept.capacity());
        for _ in 0..1_000 {
            recent.add(Arc::clone(&item));
        }
        assert_eq!(Arc::strong_count(&item), 11);
        assert!(recent.kept.capacity() < 100, "{}", recent.kept.capacity());
        recent.keep(0);
        assert_eq!((Arc::strong_count(&item), recent.kept.capacity()), (1, 0));
    }
}
