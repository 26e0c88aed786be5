//! What is read: the routes behind the screens that members and bookkeepers look at all day, each
//! with paths spread over members, weeks, months, clients and drafts.

use domain::id::MemberId;
use domain::time::Week;

use super::load::Target;
use super::year::Year;

/// How many paths a route is asked with.
const PATHS: usize = 400;

/// The routes, in the order in which they're measured.
pub fn targets(year: &Year) -> Vec<Target> {
    let spread = spread(&year.weeks);
    let by_week = |path: &dyn Fn(MemberId, Week) -> String| {
        spread.iter().map(|(member, week)| path(*member, *week)).collect::<Vec<_>>()
    };
    // The month of a week's Thursday, which is in the week's year.
    let month = |week: Week| week.monday().strftime("%Y-%m").to_string();
    let clients = &year.clients;
    let end = format!("{}-12-31", year.year);
    let months = |path: &dyn Fn(String, String) -> String| {
        let first = |month: i8| jiff::civil::date(year.year, month, 1);
        (1..=12)
            .map(|month| path(first(month).to_string(), first(month).last_of_month().to_string()))
            .collect::<Vec<_>>()
    };
    let mut targets = vec![
        ("week", by_week(&|member, week| format!("/timesheets/{member}/{week}"))),
        (
            "entries",
            by_week(&|member, week| {
                format!("/time-entries?member_id={member}&week={week}&limit=200")
            }),
        ),
        ("grid", by_week(&|member, week| format!("/timesheets/{member}/{week}/grid"))),
        ("calendar", by_week(&|member, week| format!("/calendar/{member}/{}", month(week)))),
        ("progress", by_week(&|member, week| format!("/progress/{member}/{}", month(week)))),
        (
            "utilisation",
            (1..=12)
                .map(|month| format!("{}-{month:02}", year.year))
                .map(|month| format!("/utilisation?from={month}&to={month}&by=member"))
                .collect(),
        ),
        (
            "unbilled",
            clients.iter().map(|it| format!("/unbilled?client_id={it}&to={end}")).collect(),
        ),
        (
            "unbilled_largest",
            clients.first().map_or_else(Vec::new, |client| {
                vec![format!("/unbilled?client_id={client}&to={end}")]
            }),
        ),
        // More questions than answers are kept of, so that most are worked out anew.
        (
            "unbilled_anew",
            clients
                .iter()
                .flat_map(|client| {
                    let until = |day| format!("/unbilled?client_id={client}&to={day}");
                    let lasts = (1..=12).map(|month| jiff::civil::date(year.year, month, 1));
                    let days = lasts.map(jiff::civil::Date::last_of_month);
                    days.map(until).collect::<Vec<_>>()
                })
                .collect(),
        ),
        ("invoice", year.invoices.iter().map(|it| format!("/invoices/{it}")).collect()),
        (
            "report",
            months(&|from, to| format!("/reports/time?from={from}&to={to}&group_by=project")),
        ),
    ];
    targets.retain(|(_, paths)| !paths.is_empty());
    let below = |path: String| format!("{}{path}", crate::http::BASE);
    let target = |(name, paths): (_, Vec<String>)| Target {
        name,
        paths: paths.into_iter().map(below).collect(),
    };
    targets.into_iter().map(target).collect()
}

/// Weeks from all over the year and the firm.
pub(super) fn spread(weeks: &[(MemberId, Week)]) -> Vec<(MemberId, Week)> {
    let step = weeks.len().div_ceil(PATHS).max(1);
    // Odd, so that it doesn't fall on the same members again and again.
    weeks.iter().step_by(step | 1).copied().collect()
}
