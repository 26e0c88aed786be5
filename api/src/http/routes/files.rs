//! The routes of files and of rights on single objects.

use super::{ALL, MEMBERS, read, write};
use crate::http::registry::{Route, delete, get, post};
use crate::http::{files, grants};

pub(super) fn files_routes() -> Vec<Route> {
    const F: &str = "files";
    const M: &str = "members";
    vec![
        get("/files", "listFiles", read(F, ALL), "Files that you may read", files::list)
            .from(&["file"])
            .pages(),
        post("/files", "storeFile", write(F, MEMBERS), "Keep a file", files::store),
        get(
            "/files/{id}",
            "getFile",
            read(F, ALL),
            "One file; what is inside for who accepts no JSON",
            files::one,
        ),
        get(
            "/files/{id}/content",
            "getFileContent",
            read(F, ALL),
            "What is inside of a file",
            files::content,
        ),
        delete("/files/{id}", "removeFile", write(F, MEMBERS), "Destroy a file", files::remove),
        get("/grants", "listGrants", read(M, ALL), "Rights on single objects", grants::list)
            .from(&["grant"])
            .pages(),
        post(
            "/grants",
            "giveGrant",
            write(M, MEMBERS),
            "Give a member a right on a client, a project or a file",
            grants::give,
        ),
        get("/grants/{id}", "getGrant", read(M, ALL), "One right", grants::one).from(&["grant"]),
        delete(
            "/grants/{id}",
            "takeBackGrant",
            write(M, MEMBERS),
            "Take a right back",
            grants::take_back,
        ),
    ]
}
