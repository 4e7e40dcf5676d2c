//! The organisation: departments, positions, people, tags and roles, as approvals see them.
