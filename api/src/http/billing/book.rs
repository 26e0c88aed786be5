//! Prices and rounding as a read is asked for them: now, or as they were at the moment it names.

use projections::billing::price_book::PriceBook;
use projections::catalogue::rate::Rate;
use projections::settings::setting::Setting;

use crate::http::call::About;
use crate::http::problem::Problem;

/// Rates of every kind and settings at the moment that the request is about.
pub(crate) async fn book_then(about: &About) -> Result<PriceBook, Problem> {
    if let Some(rates) = about.rows_then::<Rate>().await? {
        let settings = about.rows_then::<Setting>().await?;
        let settings = settings.iter().flat_map(|rows| rows.iter().cloned());
        return Ok(PriceBook::of(rates.iter().cloned(), settings));
    }
    let mut tx = about.tx().await?;
    let book = PriceBook::load(&mut tx).await?;
    tx.commit().await?;
    Ok(book)
}
