//! The log through cqrs-es: its framework writes to it, and postgres-es, which knows nothing of
//! this program, reads the same states from it.

mod framework;
mod postgres_es;
