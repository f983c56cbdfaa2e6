//! How a request proves who sends it.

pub(crate) mod sign;
