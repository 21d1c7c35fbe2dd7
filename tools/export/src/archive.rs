//! Archives that are the same from run to run: entries in order, with one time, and nothing of the machine.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
};

use anyhow::{Context as _, Result};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::stamp::Stamp;
use ::site::LIST;
use project::files;

/// An archive that is being written.
pub(super) struct Archive {
    zip: ZipWriter<File>,
    options: SimpleFileOptions,
}

impl Archive {
    /// A new archive at `file`.
    pub(super) fn create(file: &Path, stamp: &Stamp) -> Result<Self> {
        let options = SimpleFileOptions::default()
            .last_modified_time(stamp.zip()?)
            .unix_permissions(0o644)
            .compression_method(CompressionMethod::Deflated);
        let zip = ZipWriter::new(
            File::create(file).with_context(|| format!("can't write {}", file.display()))?,
        );
        Ok(Self { zip, options })
    }

    /// Adds a file.
    pub(super) fn add(&mut self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        self.zip.start_file(name, self.options)?;
        Ok(self.zip.write_all(bytes.as_ref())?)
    }

    /// Adds a file as it is.
    pub(super) fn add_stored(&mut self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        self.zip.start_file(name, self.options.compression_method(CompressionMethod::Stored))?;
        Ok(self.zip.write_all(bytes.as_ref())?)
    }

    /// Ends the archive.
    pub(super) fn finish(self) -> Result<()> {
        self.zip.finish()?;
        Ok(())
    }
}

/// What stands beside the pages in the archive of the site.
const README: &str = "\
Multiprocessing in Rust, the site, to be read without a network.

Open index.html in a browser. Pages, pictures, programs, search and the timeline lab
work from the folder. Should your browser keep scripts from running in local files,
serve the folder, for instance with Python, and open http://127.0.0.1:8000/ :

    python3 -m http.server --bind 127.0.0.1 8000
";

/// Packs the folder `site` into `file`, inside a folder `name`.
pub(super) fn site(site: &Path, name: &str, stamp: &Stamp, file: &Path) -> Result<()> {
    let mut archive = Archive::create(file, stamp)?;
    archive.add(&format!("{name}/README.txt"), README)?;
    for path in files(site)?.into_iter().filter(|path| path != Path::new(LIST)) {
        let parts = path.components();
        let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
        archive.add(&format!("{name}/{}", parts.join("/")), fs::read(site.join(&path))?)?;
    }
    archive.finish()
}
