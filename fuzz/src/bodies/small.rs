//! Graphs of at most 24 nodes out of bytes, and sets of their nodes as the bits of a number.

/// Most nodes, few enough for a set to be one number.
const NODES: u32 = 24;
/// Most edges: what matters about so few nodes needs no more.
const EDGES: usize = 72;

/// A graph with some nodes and edges left out.
pub(crate) struct Small {
    pub(crate) nodes: u32,
    pub(crate) offsets: Vec<u32>,
    pub(crate) targets: Vec<u32>,
    /// Which edges count.
    pub(crate) keep: Vec<bool>,
    /// A choice of nodes.
    pub(crate) chosen: u32,
    /// For each node the set of those that it leads to by one edge that counts.
    pub(crate) next: Vec<u32>,
}

impl Small {
    /// The number of nodes, three bytes of choice, then two bytes an edge.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&[nodes, a, b, c], edges) = bytes.split_first_chunk()?;
        let nodes = 1 + u32::from(nodes) % NODES;
        let mut pairs: Vec<(u32, u32, bool)> = edges
            .chunks_exact(2)
            .take(EDGES)
            .map(|edge| (u32::from(edge[0]) % nodes, u32::from(edge[1]) % nodes, edge[0] < 240))
            .collect();
        // Parallel edges keep their order.
        pairs.sort_by_key(|(from, ..)| *from);
        let mut next = vec![0; nodes as usize];
        for (from, to, _) in pairs.iter().filter(|(.., keep)| *keep) {
            next[*from as usize] |= 1 << to;
        }
        Some(Small {
            nodes,
            offsets: (0..=nodes).map(|node| pairs.partition_point(|(from, ..)| *from < node) as u32).collect(),
            targets: pairs.iter().map(|(_, to, _)| *to).collect(),
            keep: pairs.iter().map(|(.., keep)| *keep).collect(),
            chosen: u32::from_le_bytes([a, b, c, 0]) & ((1 << nodes) - 1),
            next,
        })
    }

    /// What a set reaches among `within`, itself included.
    pub(crate) fn reached(&self, from: u32, within: u32) -> u32 {
        let (mut reached, mut fresh) = (0, from & within);
        while fresh != 0 {
            reached |= fresh;
            fresh = members(fresh).fold(0, |next, node| next | self.next[node as usize]) & within & !reached;
        }
        reached
    }
}

/// The nodes of a set, ascending.
pub(crate) fn members(set: u32) -> impl Iterator<Item = u32> {
    (0..NODES).filter(move |node| set >> node & 1 == 1)
}

/// The set of these nodes.
pub(crate) fn set(nodes: &[u32]) -> u32 {
    nodes.iter().fold(0, |set, node| set | 1 << node)
}
