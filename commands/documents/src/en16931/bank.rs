//! Where to pay to, told from the lines of the firm's bank details: an account by its IBAN or by
//! the line that calls itself an account, and the bank by its BIC. What can't be told is still in
//! the notes, where all the lines are.

use domain::country::is_country;

/// An account to pay to. What is not known is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// By its IBAN or, where that is none, by its number.
    pub(crate) number: String,
    pub(crate) is_iban: bool,
    pub(crate) bic: String,
}

/// The account in these lines, where there is one.
pub(super) fn account(lines: &[String]) -> Option<Account> {
    let bic = lines.iter().find_map(|line| bic(line)).unwrap_or_default();
    if let Some(number) = lines.iter().find_map(|line| iban(line)) {
        return Some(Account { number, is_iban: true, bic });
    }
    let number = lines.iter().find_map(|line| account_number(line))?;
    Some(Account { number, is_iban: false, bic })
}

/// An IBAN, in one word or in groups of four.
fn iban(line: &str) -> Option<String> {
    let words: Vec<String> =
        line.split([' ', ':', ',', '\t']).map(str::to_ascii_uppercase).collect();
    (0..words.len()).find_map(|at| {
        let mut number = String::new();
        let mut found = None;
        for (n, word) in words[at..].iter().enumerate() {
            if n > 0 && (word.len() > 4 || word.is_empty()) {
                break;
            }
            number.push_str(word);
            found = is_iban(&number).then(|| number.clone()).or(found);
        }
        found
    })
}

/// Whether its check digits hold (ISO 13616: the rest of the division by 97 is 1).
fn is_iban(number: &str) -> bool {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A') + 10),
        _ => None,
    };
    let shaped = (15..=34).contains(&number.len())
        && number.get(..2).is_some_and(is_country)
        && number.as_bytes()[2..4].iter().all(u8::is_ascii_digit);
    let turned = number.bytes().skip(4).chain(number.bytes().take(4)).map(digit);
    let rest = turned.flatten().fold(0, |rest, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    });
    shaped && number.bytes().all(|byte| byte.is_ascii_alphanumeric()) && rest == 1
}

/// A BIC, on a line that says so.
fn bic(line: &str) -> Option<String> {
    let said = line.to_ascii_lowercase();
    let words = line.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_uppercase);
    let is_bic = |word: &String| {
        (word.len() == 8 || word.len() == 11)
            && word.bytes().take(6).all(|byte| byte.is_ascii_uppercase())
            && is_country(&word[4..6])
    };
    let mut found = words.filter(is_bic);
    if said.contains("bic") || said.contains("swift") { found.next() } else { None }
}

/// The digits after the word `account`, or what it's shortened to.
fn account_number(line: &str) -> Option<String> {
    let said = line.to_ascii_lowercase();
    let after = ["account", "acc", "a/c"].iter().find_map(|word| said.find(word))?;
    let is_digit = |c: &char| c.is_ascii_digit();
    let rest = &line[after..];
    let from = rest.find(|c: char| c.is_ascii_digit())?;
    let digits: String = rest[from..]
        .chars()
        .take_while(|c| c.is_ascii_digit() || [' ', '-'].contains(c))
        .filter(is_digit)
        .collect();
    (digits.len() >= 5).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &[&str]) -> Option<(String, bool, String)> {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        account(&lines).map(|it| (it.number, it.is_iban, it.bic))
    }

    #[test]
    fn an_account_is_told_by_iban_or_by_the_line_that_names_it() {
        let iban = ("DE89370400440532013000".to_owned(), true, "COBADEFFXXX".to_owned());
        assert_eq!(
            told(&["IBAN: DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX"]),
            Some(iban.clone())
        );
        assert_eq!(
            told(&["Commerzbank", "de89370400440532013000", "SWIFT: COBADEFFXXX"]),
            Some(iban)
        );
        let number = ("62001234567".to_owned(), false, "FIRNZAJJ".to_owned());
        let lines =
            ["FNB Cape Town", "Branch 250655", "Account no. 6200 123 4567", "Swift FIRNZAJJ"];
        assert_eq!(told(&lines), Some(number));
        assert_eq!(
            told(&["FNB, branch 250655, acc 62001234567"]).map(|it| it.0).as_deref(),
            Some("62001234567")
        );
    }

    #[test]
    fn what_is_no_account_is_told_as_none() {
        assert_eq!(told(&[]), None);
        assert_eq!(told(&["DE89 3704 0044 0532 0130 01"]), None);
        assert_eq!(told(&["Branch 250655", "Account holder: Acme"]), None);
        assert_eq!(told(&["Account: € é", "ä"]), None);
    }
}
