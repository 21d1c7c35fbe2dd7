//! `#[test]` for a test program that also finds tests when it runs: the function stays as it is, and
//! `tests::Collected` has its name and calls it.
//!
//! libtest keeps its list of `#[test]`s to itself, and takes no test that is found later. So the program
//! is run by libtest-mimic, and `#[macro_use] extern crate collected` puts this attribute in the place of
//! libtest's, in every file of it.

use proc_macro::{TokenStream, TokenTree};

/// Adds the function to the tests of the program.
#[proc_macro_attribute]
pub fn test(_: TokenStream, item: TokenStream) -> TokenStream {
    let added = match name(&item) {
        Ok(name) => format!(
            "::tests::inventory::submit! {{ ::tests::Collected {{ \
                 path: concat!(module_path!(), \"::\", stringify!({name})), \
                 run: || ::tests::Outcome::of({name}()), \
             }} }}"
        ),
        Err(message) => format!("compile_error!({message:?});"),
    };
    let mut both = item;
    both.extend(added.parse::<TokenStream>());
    both
}

/// The name of the function, if no attribute below `#[test]` changes what the test means.
fn name(item: &TokenStream) -> Result<String, &'static str> {
    let mut tokens = item.clone().into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let Some(TokenTree::Group(attribute)) = tokens.next() else { continue };
                let word = attribute.stream().into_iter().next().map(|word| word.to_string());
                if ["cfg", "ignore", "should_panic"].map(Some).contains(&word.as_deref()) {
                    return Err(
                        "#[cfg] stands above #[test], which knows no #[ignore] or #[should_panic]",
                    );
                }
            }
            TokenTree::Ident(word) if word.to_string() == "fn" => {
                return tokens.next().map(|name| name.to_string()).ok_or("a function has a name");
            }
            _ => {}
        }
    }
    Err("#[test] is for a function")
}
