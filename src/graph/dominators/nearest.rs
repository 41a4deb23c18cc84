//! From semidominators to immediate dominators: the nearest common ancestor of parent and semidominator.

use super::search::VIRTUAL;
use super::semi::Semidominators;

/// The immediate dominators of numbers, as numbers.
pub(super) struct Immediate {
    /// The node of each number.
    pub(super) nodes: Vec<u32>,
    /// The dominator of each number, which is lower. The virtual root has itself.
    pub(super) dominators: Vec<u32>,
}

impl Immediate {
    /// For each number, going up from its parent in the tree as far as it stands, the first one not beyond the
    /// semidominator. Going up one by one is quadratic where many hang far below a long chain and can be reached from
    /// its beginning too; jump pointers (Myers 1983) make it O(n log n).
    pub(super) fn new(semidominators: Semidominators) -> Self {
        let Semidominators { nodes, parents, semis } = semidominators;
        let mut dominators = parents;
        dominators[VIRTUAL as usize] = VIRTUAL;
        let mut jumps = Jumps { depths: vec![0; nodes.len()], jumps: vec![VIRTUAL; nodes.len()] };
        for number in 1..nodes.len() {
            let (mut at, semi) = (dominators[number], semis[number]);
            while at > semi {
                let far = jumps.jumps[at as usize];
                at = if far >= semi { far } else { dominators[at as usize] };
            }
            dominators[number] = at;
            jumps.add(number, at);
        }
        Immediate { nodes, dominators }
    }
}

/// For each number of a growing tree an ancestor some way up, such that any ancestor is O(log n) steps away.
struct Jumps {
    depths: Vec<u32>,
    jumps: Vec<u32>,
}

impl Jumps {
    /// Two jumps of one length are followed by one that spans both.
    fn add(&mut self, number: usize, parent: u32) {
        let depth = |of: u32| self.depths[of as usize];
        let near = self.jumps[parent as usize];
        let far = self.jumps[near as usize];
        let spans = depth(parent) - depth(near) == depth(near) - depth(far);
        self.jumps[number] = if spans { far } else { parent };
        self.depths[number] = depth(parent) + 1;
    }
}
