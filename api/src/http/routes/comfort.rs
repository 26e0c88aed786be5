//! The routes of the timer, of favourites, and of what is done with many entries at once.

use super::{ALL, MEMBERS, read, write};
use crate::http::registry::{Route, delete, get, patch, post};
use crate::http::time::{changes, copy, favourites, habits, timer};

const T: &str = "time";

pub(super) fn timer_routes() -> Vec<Route> {
    vec![
        get(
            "/time-entries/running",
            "listRunningTimers",
            read(T, ALL),
            "The timer that runs: yours, or another member's",
            timer::list_running,
        )
        .from(&["running_timer", "setting"])
        .then(),
        post("/time-entries/start", "startTimer", write(T, MEMBERS), "Start a timer", timer::start),
        post(
            "/time-entries/{id}/stop",
            "stopTimer",
            write(T, MEMBERS),
            "Stop a timer and record what it measured",
            timer::stop,
        ),
        post(
            "/timesheets/{member_id}/{week}/copy",
            "copyWeek",
            write(T, MEMBERS),
            "Copy the week before, or another one, into this week",
            copy::copy,
        ),
        post(
            "/time-entries/batch/change",
            "changeTimeBatch",
            write(T, MEMBERS),
            "Change up to 500 entries: all or none, or each by itself",
            changes::change_batch,
        ),
        post(
            "/time-entries/batch/remove",
            "removeTimeBatch",
            write(T, MEMBERS),
            "Take back up to 500 entries: all or none, or each by itself",
            changes::remove_batch,
        ),
    ]
}

pub(super) fn favourite_routes() -> Vec<Route> {
    vec![
        get("/favourites", "listFavourites", read(T, ALL), "Your favourites", favourites::list)
            .from(&["favourite"])
            .then(),
        post(
            "/favourites",
            "addFavourite",
            write(T, MEMBERS),
            "Keep what you record often",
            favourites::add,
        ),
        get("/favourites/{id}", "getFavourite", read(T, ALL), "One of them", favourites::one)
            .from(&["favourite"])
            .then(),
        patch(
            "/favourites/{id}",
            "changeFavourite",
            write(T, MEMBERS),
            "Change a favourite, or its place",
            favourites::change,
        ),
        delete(
            "/favourites/{id}",
            "removeFavourite",
            write(T, MEMBERS),
            "Keep a favourite no longer",
            favourites::remove,
        ),
        get(
            "/time-entries/recent",
            "listRecentTasks",
            read(T, ALL),
            "What a member worked on lately, the last first",
            habits::recent,
        )
        .from(&["time_entry", "project", "task"])
        .then(),
        get(
            "/tags",
            "listTags",
            read(T, ALL),
            "Tags used in the last 400 days, most used first",
            habits::tags,
        )
        .from(&["time_entry"])
        .then(),
    ]
}
