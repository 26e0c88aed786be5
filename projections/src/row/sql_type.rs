//! The few types of the database that read models use, with the object ids that binary forms name.

/// A type of the database with its array type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SqlType {
    /// Its name in DDL.
    pub name: &'static str,
    /// Its object id.
    pub oid: u32,
    /// The name of the array of it; empty where it's itself an array.
    pub array: &'static str,
    /// The object id of the array of it; 0 where it's itself an array.
    pub array_oid: u32,
}

impl SqlType {
    /// Identifiers.
    pub const UUID: SqlType = SqlType::new("uuid", 2950, "uuid[]", 2951);
    /// Texts, sealed ones too.
    pub const TEXT: SqlType = SqlType::new("text", 25, "text[]", 1009);
    /// Counts, seconds, minor units, positions.
    pub const BIGINT: SqlType = SqlType::new("bigint", 20, "bigint[]", 1016);
    /// Flags.
    pub const BOOLEAN: SqlType = SqlType::new("boolean", 16, "boolean[]", 1000);
    /// Local days.
    pub const DATE: SqlType = SqlType::new("date", 1082, "date[]", 1182);
    /// Instants.
    pub const INSTANT: SqlType = SqlType::new("timestamptz", 1184, "timestamptz[]", 1185);

    const fn new(name: &'static str, oid: u32, array: &'static str, array_oid: u32) -> Self {
        SqlType { name, oid, array, array_oid }
    }

    pub(crate) const fn array_of(element: SqlType) -> Self {
        SqlType::new(element.array, element.array_oid, "", 0)
    }

    /// Whether it's an array, which can't be an element of another one.
    pub const fn is_array(&self) -> bool {
        self.array_oid == 0
    }
}
