//! A section of a number format as tokens.

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Literal(String),
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    /// `E+` or `E-`.
    Exponent {
        plus: bool,
    },
    Slash,
    General,
    /// A run of one letter of a date.
    Date(char, usize),
    /// `AM/PM` or `A/P`.
    HalfDay(bool),
    /// `[h]`, `[mm]` or `[ss]`: the whole time.
    Elapsed(char, usize),
    /// A condition on the number.
    Condition(String),
}

pub(super) fn tokens(section: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut rest = section;
    while let Some(character) = rest.chars().next() {
        let mut taken = character.len_utf8();
        let lower = rest.to_ascii_lowercase();
        match character {
            '"' => {
                let end = rest[1..].find('"').map_or(rest.len(), |at| at + 1);
                tokens.push(Token::Literal(rest[1..end].to_owned()));
                taken = (end + 1).min(rest.len());
            }
            '\\' | '_' | '*' => {
                let next = rest[1..].chars().next();
                taken += next.map_or(0, char::len_utf8);
                match (character, next) {
                    ('\\', Some(next)) => tokens.push(Token::Literal(next.to_string())),
                    ('_', _) => tokens.push(Token::Literal(" ".to_owned())),
                    _ => {}
                }
            }
            '[' => {
                let end = rest.find(']').unwrap_or(rest.len() - 1);
                bracket(&rest[1..end], &mut tokens);
                taken = end + 1;
            }
            _ if lower.starts_with("general") => {
                tokens.push(Token::General);
                taken = "general".len();
            }
            _ if lower.starts_with("am/pm") => {
                tokens.push(Token::HalfDay(true));
                taken = 5;
            }
            _ if lower.starts_with("a/p") => {
                tokens.push(Token::HalfDay(false));
                taken = 3;
            }
            _ if lower.starts_with("e+") || lower.starts_with("e-") => {
                tokens.push(Token::Exponent { plus: lower.starts_with("e+") });
                taken = 2;
            }
            '0' | '#' | '?' => tokens.push(Token::Digit(character)),
            '.' => tokens.push(Token::Point),
            ',' => tokens.push(Token::Comma),
            '%' => tokens.push(Token::Percent),
            '/' => tokens.push(Token::Slash),
            '@' => tokens.push(Token::General),
            'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' => {
                let letter = character.to_ascii_lowercase();
                taken = lower.chars().take_while(|one| *one == letter).count();
                tokens.push(Token::Date(letter, taken));
            }
            other => tokens.push(Token::Literal(other.to_string())),
        }
        rest = &rest[taken.min(rest.len())..];
    }
    tokens
}

/// What stands in brackets: a currency, a condition, a whole time; colours show nothing.
fn bracket(inside: &str, tokens: &mut Vec<Token>) {
    let lower = inside.to_ascii_lowercase();
    let letter = lower.chars().next().unwrap_or(' ');
    if let Some(currency) = inside.strip_prefix('$') {
        let sign = currency.split('-').next().unwrap_or_default();
        if !sign.is_empty() {
            tokens.push(Token::Literal(sign.to_owned()));
        }
    } else if matches!(letter, 'h' | 'm' | 's') && lower.chars().all(|one| one == letter) {
        tokens.push(Token::Elapsed(letter, lower.len()));
    } else if matches!(letter, '<' | '>' | '=') {
        tokens.insert(0, Token::Condition(lower));
    }
}

/// Places of digits in a section.
pub(super) fn is_digit(token: &Token) -> bool {
    matches!(token, Token::Digit(_))
}

pub(super) fn literal(token: &Token) -> Option<&str> {
    match token {
        Token::Literal(text) => Some(text),
        Token::Percent => Some("%"),
        _ => None,
    }
}
