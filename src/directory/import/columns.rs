//! The columns that are understood. Their places in these lists are those of the cells.

use super::table::Column;

/// Of the file of departments.
pub(super) const DEPARTMENT: [Column; 5] = [
    Column { name: "id", aliases: &["id", "departmentid", "deptid"] },
    Column { name: "parent_id", aliases: &["parentid", "parent"] },
    Column { name: "name", aliases: &["name"] },
    Column { name: "leader", aliases: &["leader", "leaderid"] },
    // It follows from the parents: known, and not asked.
    Column { name: "level", aliases: &["level"] },
];
/// Of the file of positions.
pub(super) const POSITION: [Column; 4] = [
    Column { name: "id", aliases: &["id", "positionid"] },
    Column { name: "dept_id", aliases: &["deptid", "departmentid", "department"] },
    Column { name: "title", aliases: &["title", "name"] },
    Column { name: "grade", aliases: &["grade"] },
];
/// Of the file of people.
pub(super) const PERSON: [Column; 14] = [
    Column { name: "user_id", aliases: &["userid", "id", "personid"] },
    Column { name: "name", aliases: &["name"] },
    Column { name: "email", aliases: &["email"] },
    Column { name: "dept_id", aliases: &["deptid", "departmentid", "department"] },
    Column { name: "departments", aliases: &["departments", "departmentids", "deptids"] },
    Column { name: "position_id", aliases: &["positionid", "position"] },
    Column { name: "positions", aliases: &["positions", "positionids"] },
    Column { name: "roles", aliases: &["roles"] },
    Column { name: "tags", aliases: &["tags"] },
    Column { name: "manager", aliases: &["manager", "managerid"] },
    Column { name: "reports_to", aliases: &["reportsto"] },
    Column { name: "grade", aliases: &["grade"] },
    Column { name: "profession", aliases: &["profession"] },
    Column { name: "active", aliases: &["active", "isactive"] },
];
/// Of the file of tags, or of roles.
pub(super) const LABEL: [Column; 2] =
    [Column { name: "id", aliases: &["id"] }, Column { name: "name", aliases: &["name"] }];
