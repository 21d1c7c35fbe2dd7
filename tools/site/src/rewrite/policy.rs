//! The Content-Security-Policy of a page: its own scripts, and the inline ones that it has when it is done.

use std::{cell::RefCell, collections::BTreeSet};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use lol_html::{RewriteStrSettings, element, text};
use sha2::{Digest as _, Sha256};

/// Everything but scripts. Styles may stand in attributes: the pictures inside the pages and
/// mdBook's own scripts write them, and a style can't run anything.
const REST: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'self'";

/// What stands in the policy until the page is done and its scripts are known.
const LATER: &str = " 'inline'";

/// The one inline script of ours: it puts something that forgets with the page in the place of storage that is
/// forbidden.
pub(super) const WITHOUT_STORAGE: &str = r#"
            for (const name of ["localStorage", "sessionStorage"]) {
                try {
                    window[name].length;
                } catch {
                    const kept = new Map();
                    const value = {
                        getItem: (key) => kept.get(String(key)) ?? null,
                        setItem: (key, value) => void kept.set(String(key), String(value)),
                        removeItem: (key) => void kept.delete(String(key)),
                    };
                    Object.defineProperty(window, name, { value, configurable: true });
                }
            }
        "#;

/// The tag of a page's policy.
pub(super) fn tag() -> String {
    format!(
        r#"<meta http-equiv="Content-Security-Policy" content="{REST}; script-src 'self'{LATER}">"#
    )
}

/// The inline scripts of a page, gathered while it is changed.
#[derive(Default)]
pub(super) struct Scripts(RefCell<Vec<Option<String>>>);

impl Scripts {
    /// Gathers them; what a change has removed by then doesn't count.
    pub(super) fn gather<'a>(
        &'a self,
        settings: RewriteStrSettings<'a, 'a>,
    ) -> RewriteStrSettings<'a, 'a> {
        settings
            .append_element_content_handler(element!("script:not([src])", move |script| {
                self.0.borrow_mut().push((!script.removed()).then(String::new));
                Ok(())
            }))
            .append_element_content_handler(text!("script:not([src])", move |chunk| {
                if let Some(Some(script)) = self.0.borrow_mut().last_mut() {
                    script.push_str(chunk.as_str());
                }
                Ok(())
            }))
    }

    /// The page with a policy that allows these scripts, each by its hash.
    pub(super) fn allow(self, html: &str) -> String {
        let own = html.contains(WITHOUT_STORAGE).then(|| WITHOUT_STORAGE.to_owned());
        let scripts = self.0.into_inner().into_iter().flatten().chain(own);
        let hashes: BTreeSet<_> =
            scripts.map(|script| BASE64_STANDARD.encode(Sha256::digest(script))).collect();
        let hashes: Vec<_> = hashes.iter().map(|hash| format!(" 'sha256-{hash}'")).collect();
        html.replacen(LATER, &hashes.concat(), 1)
    }
}
