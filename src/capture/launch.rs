//! Starting a program and capturing it: after a while, or when it ends.
