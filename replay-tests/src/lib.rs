//! Proofs over stored history: contracts, whole histories, delivery faults, rules of the source.
//! All of it is in `tests/all`; nothing is here for others to use.
