//! Contradictions met while reading a heap: damaged memory, or a process caught in the middle of a change.

/// How many of each kind.
#[derive(Default)]
pub(super) struct Damage {
    /// Dicts that say they hold more than their tables have.
    pub(super) dicts: u64,
    /// Objects without a type.
    pub(super) untyped: u64,
    /// Threads whose frames lead to memory that is not there.
    pub(super) stacks: u64,
    /// Objects that were not read because others claimed more memory than there is.
    pub(super) unread: u64,
}

impl Damage {
    /// Adds what another thread met.
    pub(super) fn add(&mut self, other: &Damage) {
        self.dicts += other.dicts;
        self.untyped += other.untyped;
        self.stacks += other.stacks;
        self.unread += other.unread;
    }

    /// What the reader of the snapshot has to know, one sentence each.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        let counted = [
            (self.dicts, "dicts say that they hold more than they do: some of their references are missing"),
            (self.untyped, "objects have no type: what they refer to is missing"),
            (self.stacks, "threads' stacks lead to memory that is not there: their outer frames are missing"),
            (self.unread, "objects were not read, because others claim more memory than there is: damage"),
        ];
        counted.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"))
    }
}
