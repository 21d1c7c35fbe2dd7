//! The Content-Security-Policy of a page: its own scripts, and the inline ones that it has now.

use std::{cell::RefCell, collections::BTreeSet};

use anyhow::{Result, anyhow, bail};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use lol_html::{RewriteStrSettings, element, html_content::ContentType, rewrite_str, text};
use sha2::{Digest as _, Sha256};

/// Everything but scripts. Styles may stand in attributes: the pictures inside the pages and
/// mdBook's own scripts write them, and a style can't run anything.
const REST: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'none'; base-uri 'self'";

/// The page with its policy, which allows the scripts of the site and each inline script by its hash.
pub(super) fn add(html: &str) -> Result<String> {
    let hashes = hashes(html)?;
    let scripts: String = hashes.iter().map(|hash| format!(" 'sha256-{hash}'")).collect();
    let meta = format!(
        r#"<meta http-equiv="Content-Security-Policy" content="{REST}; script-src 'self'{scripts}">"#
    );
    let mut found = 0;
    let settings = RewriteStrSettings::new().append_element_content_handler(element!(
        "head > meta[charset]",
        |charset| {
            found += 1;
            charset.after(&meta, ContentType::Html);
            Ok(())
        }
    ));
    let fresh = rewrite_str(html, settings).map_err(|error| anyhow!("{error}"))?;
    if found != 1 {
        bail!("`head > meta[charset]` matches {found} times, expected 1, for the policy");
    }
    Ok(fresh)
}

/// The hash of each inline script that runs, in the order of their texts.
fn hashes(html: &str) -> Result<BTreeSet<String>> {
    let scripts = RefCell::new(Vec::<String>::new());
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(element!("script", |script| {
            if !script.has_attribute("src") {
                scripts.borrow_mut().push(String::new());
            }
            Ok(())
        }))
        .append_element_content_handler(text!("script:not([src])", |chunk| {
            if let Some(script) = scripts.borrow_mut().last_mut() {
                script.push_str(chunk.as_str());
            }
            Ok(())
        }));
    rewrite_str(html, settings).map_err(|error| anyhow!("{error}"))?;
    let scripts = scripts.into_inner();
    Ok(scripts.iter().map(|script| BASE64_STANDARD.encode(Sha256::digest(script))).collect())
}
