//! The macro that declares a group of settings: its struct and its table.

/// The flag of a key: `-` for `_`.
pub(crate) const fn dashed<const N: usize>(name: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let mut idx = 0;
    while idx < N {
        bytes[idx] = if name.as_bytes()[idx] == b'_' { b'-' } else { name.as_bytes()[idx] };
        idx += 1;
    }
    bytes
}

/// The environment variable of a key: in capitals.
pub(crate) const fn capitals<const N: usize>(name: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let mut idx = 0;
    while idx < N {
        bytes[idx] = name.as_bytes()[idx].to_ascii_uppercase();
        idx += 1;
    }
    bytes
}

/// ASCII bytes as text.
pub(crate) const fn ascii(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("names of settings are ASCII"),
    }
}

/// Declares a group of settings: the struct that holds their checked values, and their table.
///
/// An entry is a doc comment, `name: Type`, and the fields of `Setting` that differ from
/// `Setting::BLANK`. A type `Option<T>` has no default of its own.
macro_rules! settings {
    (
        $(#[$meta:meta])*
        $vis:vis struct $Name:ident in $group:literal {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $Type:ty { $($key:ident: $value:expr),* $(,)? }
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        $vis struct $Name {
            $(
                $(#[doc = $doc])+
                pub(crate) $field: $Type,
            )*
        }

        impl $Name {
            /// The table of this group.
            pub(crate) const SETTINGS: &'static [$crate::config::setting::Setting] = &[
                $(
                    $crate::config::setting::Setting {
                        name: stringify!($field),
                        flag: {
                            const NAME: &str = stringify!($field);
                            const BYTES: [u8; NAME.len()] = $crate::config::table::dashed(NAME);
                            $crate::config::table::ascii(&BYTES)
                        },
                        group: $group,
                        kind: <$Type as $crate::config::value::Value>::KIND,
                        doc: concat!($($doc, "\n"),+),
                        ..$crate::config::table::settings!(@entry $field, $($key: $value),*)
                    },
                )*
            ];

            /// The values of this group, from the first layer that has each.
            pub(crate) fn read(layers: &$crate::config::layers::Layers<'_>) -> anyhow::Result<Self> {
                let mut settings = Self::SETTINGS.iter();
                Ok(Self { $( $field: layers.next_value(stringify!($field), &mut settings)?, )* })
            }
        }
    };
    // The fields that an entry gives, over the environment variable that its name gives.
    (@entry $field:ident, $($key:ident: $value:expr),*) => {{
        const NAME: &str = concat!("DOCKET_", stringify!($field));
        const BYTES: [u8; NAME.len()] = $crate::config::table::capitals(NAME);
        const USUAL: $crate::config::setting::Setting = $crate::config::setting::Setting {
            env: $crate::config::table::ascii(&BYTES),
            ..$crate::config::setting::Setting::BLANK
        };
        $crate::config::setting::Setting { $($key: $value,)* ..USUAL }
    }};
}
pub(crate) use settings;
