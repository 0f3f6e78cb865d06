//! Types of settings: how flags, environment variables and TOML write their values.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

/// The type of a setting, for texts and the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A whole number up to the largest of its type.
    Number(u64),
    Numbers,
    Switch,
    Text,
    Texts,
    Path,
    /// A host or an IP address, with a port.
    Address,
    /// An address that starts with `http://` or `https://`.
    Url,
    /// Which lines of the log are written.
    LogFilter,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// A type that a setting can have.
pub(crate) trait Value: Sized {
    /// How texts name it.
    const KIND: Kind;

    /// The value that a flag or an environment variable writes.
    fn from_text(text: &str) -> Option<Self>;

    /// The value that the file holds.
    fn from_toml(value: &toml::Value) -> Option<Self> {
        Self::from_text(value.as_str()?)
    }

    /// The value where nothing gives one, if there can be one.
    fn absent() -> Option<Self> {
        None
    }

    /// The numbers in it, for the check of the setting's range.
    fn numbers(&self) -> Vec<u64> {
        Vec::new()
    }
}

impl<T: Value> Value for Option<T> {
    const KIND: Kind = T::KIND;

    fn from_text(text: &str) -> Option<Self> {
        T::from_text(text).map(Some)
    }

    fn from_toml(value: &toml::Value) -> Option<Self> {
        T::from_toml(value).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn numbers(&self) -> Vec<u64> {
        self.as_ref().map(T::numbers).unwrap_or_default()
    }
}

macro_rules! numbers {
    ($($Type:ty)*) => {$(
        impl Value for $Type {
            const KIND: Kind = Kind::Number(<$Type>::MAX as u64);

            fn from_text(text: &str) -> Option<Self> {
                text.trim().parse().ok()
            }

            fn from_toml(value: &toml::Value) -> Option<Self> {
                value.as_integer()?.try_into().ok()
            }

            fn numbers(&self) -> Vec<u64> {
                // A negative number is below every range.
                u64::try_from(*self).into_iter().collect()
            }
        }
    )*};
}

numbers!(u32 u64 usize);

impl Value for i32 {
    const KIND: Kind = Kind::Number(i32::MAX.unsigned_abs() as u64);

    fn from_text(text: &str) -> Option<Self> {
        text.trim().parse().ok().filter(|number| *number >= 0)
    }

    fn from_toml(value: &toml::Value) -> Option<Self> {
        value.as_integer()?.try_into().ok().filter(|number| *number >= 0)
    }

    fn numbers(&self) -> Vec<u64> {
        vec![self.unsigned_abs().into()]
    }
}

impl Value for bool {
    const KIND: Kind = Kind::Switch;

    fn from_text(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" | "y" | "t" => Some(true),
            "false" | "no" | "off" | "0" | "n" | "f" => Some(false),
            _ => None,
        }
    }

    fn from_toml(value: &toml::Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Value for String {
    const KIND: Kind = Kind::Text;

    fn from_text(text: &str) -> Option<Self> {
        Some(text.trim().to_owned())
    }
}

impl Value for PathBuf {
    const KIND: Kind = Kind::Path;

    fn from_text(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }
}

impl Value for SocketAddr {
    const KIND: Kind = Kind::Address;

    /// An IP address, or the name of a host of this machine such as localhost.
    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        text.parse().ok().or_else(|| {
            let found: Vec<Self> = text.to_socket_addrs().ok()?.collect();
            found.iter().find(|address| address.is_ipv4()).or(found.first()).copied()
        })
    }
}

/// An address that starts with `http://` or `https://`. Without it, links and requests fail later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HttpUrl(pub(crate) String);

impl Value for HttpUrl {
    const KIND: Kind = Kind::Url;

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://")?;
        let is_http = ["http", "https"].iter().any(|name| scheme.eq_ignore_ascii_case(name));
        (is_http && !rest.is_empty()).then(|| Self(text.to_owned()))
    }
}

macro_rules! lists {
    ($($Item:ty => $kind:expr;)*) => {$(
        impl Value for Vec<$Item> {
            const KIND: Kind = $kind;

            fn from_text(text: &str) -> Option<Self> {
                let items = text.split(',').filter(|item| !item.trim().is_empty());
                items.map(<$Item>::from_text).collect()
            }

            fn from_toml(value: &toml::Value) -> Option<Self> {
                value.as_array()?.iter().map(<$Item>::from_toml).collect()
            }

            fn absent() -> Option<Self> {
                Some(Vec::new())
            }

            fn numbers(&self) -> Vec<u64> {
                self.iter().flat_map(<$Item>::numbers).collect()
            }
        }
    )*};
}

lists! {
    u64 => Kind::Numbers;
    String => Kind::Texts;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_from_text_and_from_toml() {
        assert_eq!(u32::from_text(" 7 "), Some(7));
        assert_eq!((u32::from_text("-7"), u32::from_text("7s")), (None, None));
        assert_eq!((i32::from_text("7"), i32::from_text("-7")), (Some(7), None));
        assert_eq!(u64::from_toml(&toml::Value::String("7".to_owned())), None);
        assert_eq!(bool::from_text("Yes"), Some(true));
        assert_eq!(bool::from_text("perhaps"), None);
        assert_eq!(Vec::<u64>::from_text("1,4, 16"), Some(vec![1, 4, 16]));
        assert_eq!(Vec::<u64>::from_text("1,x"), None);
        assert_eq!(Option::<u64>::absent(), Some(None));
        let address = |text: &str| SocketAddr::from_text(text).map(|address| address.to_string());
        assert_eq!(address("localhost:8080").as_deref(), Some("127.0.0.1:8080"));
        assert_eq!(address("[::1]:8080").as_deref(), Some("[::1]:8080"));
        assert_eq!((address("localhost"), address("8080"), address(":x")), (None, None, None));
        assert!(HttpUrl::from_text("https://docs.example.com").is_some());
        assert!(HttpUrl::from_text("docs.example.com").is_none());
        assert!(HttpUrl::from_text("ftp://docs.example.com").is_none());
        assert_eq!(Vec::<u64>::from_toml(&toml::Value::from(vec![2, 3])), Some(vec![2, 3]));
    }
}
