//! Small editions, each with one fault, and what is said of it.

use super::*;

const ENGLISH: &str = r#"# Order {#order}

Results come in any order. `join` waits, as [Locks](locks.md#mutex) tells.

It took {{#include ../../numbers.md:start}} to start.

- The first item.
- The second one with `fork`.

> [!NOTE]
> A note about pipes.

```rust
{{#include ../../a.rs:main}}
```

## Table {#table}

| Name | Mind this |
|---|---|
| `start` | It starts. |
| `join` | It waits. |

<figure id="fig-order">
{{#include ../../images/order.svg}}
<figcaption>Five processes end in <code>any</code> order.</figcaption>
</figure>

Nobody knows why.

The last paragraph has no mark either, but it is longer than the one before it.
"#;

const CHINESE: &str = r#"# 順序 {#order}

結果的順序不一定。`join` 會等待，見[鎖](locks.md#mutex)。

啟動花了 {{#include ../../numbers.md:start}}。

- 第一項。
- 第二項有 `fork`。

> [!NOTE]
> 關於管線的說明。

```rust
{{#include ../../a.rs:main}}
```

## 表格 {#table}

| 名稱 | 注意 |
|---|---|
| `start` | 它會開始。 |
| `join` | 它會等待。 |

<figure id="fig-order">
{{#include ../../images/order.zh-TW.svg}}
<figcaption>五個行程結束的順序<code>any</code>不一定。</figcaption>
</figure>

沒有人知道為什麼。

最後一段也沒有任何記號，不過比前一段長得多，這樣才認得出來。
"#;

const SUMMARY: &str = "# Summary\n\n- [Order](order.md)\n- [Locks](locks.md)\n";
const SUMMARY_ZH: &str = "# 目錄\n\n- [順序](order.md)\n- [鎖](locks.md)\n";
const LOCKS: &str = "# Locks {#locks}\n\nA lock.\n\n## Mutex {#mutex}\n";
const LOCKS_ZH: &str = "# 鎖 {#locks}\n\n一個鎖。\n\n## 互斥鎖 {#mutex}\n";

/// A project with both editions.
struct Project(tempfile::TempDir);

impl Project {
    /// Both editions correspond, and nothing is accepted.
    fn fresh() -> Result<Self> {
        let project = Self(tempfile::tempdir()?);
        for (path, text) in [
            ("src/en/SUMMARY.md", SUMMARY),
            ("src/en/order.md", ENGLISH),
            ("src/en/locks.md", LOCKS),
            ("src/zh-TW/SUMMARY.md", SUMMARY_ZH),
            ("src/zh-TW/order.md", CHINESE),
            ("src/zh-TW/locks.md", LOCKS_ZH),
        ] {
            project.write(path, text)?;
        }
        Ok(project)
    }

    /// Both editions correspond, and all is accepted.
    fn accepted() -> Result<Self> {
        let project = Self::fresh()?;
        project.accept(&[])?;
        assert_eq!(project.problems()?, [""; 0]);
        Ok(project)
    }

    /// As [`Project::accepted`], and committed.
    fn committed() -> Result<Self> {
        let project = Self::accepted()?;
        project.git(&["init", "--quiet"]);
        project.commit();
        Ok(project)
    }

    fn commit(&self) {
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message", "all"]);
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = std::process::Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@b"]).args(arguments);
        let done = git.current_dir(self.0.path()).status();
        assert!(done.is_ok_and(|status| status.success()), "git {arguments:?}");
    }

    fn write(&self, path: &str, text: &str) -> Result<()> {
        let file = self.0.path().join(path);
        fs::create_dir_all(file.parent().context("a file stands in a folder")?)?;
        Ok(fs::write(file, text)?)
    }

    fn read(&self, path: &str) -> Result<String> {
        Ok(fs::read_to_string(self.0.path().join(path))?)
    }

    /// Changes a text that stands in a file.
    fn change(&self, path: &str, from: &str, to: &str) -> Result<()> {
        let text = self.read(path)?;
        assert!(text.contains(from), "{path} has no {from:?}");
        self.write(path, &text.replacen(from, to, 1))
    }

    fn problems(&self) -> Result<Vec<String>> {
        Ok(check(self.0.path())?.1)
    }

    fn accept(&self, places: &[&str]) -> Result<Vec<String>> {
        let places = places.iter().map(ToString::to_string).collect();
        accept(self.0.path(), &Acceptance { places, as_it_is: false })
    }

    /// The error of accepting.
    fn refusal(&self, places: &[&str]) -> String {
        match self.accept(places) {
            Ok(done) => panic!("accepted: {done:?}"),
            Err(error) => format!("{error:#}"),
        }
    }
}

/// What is said when one text of the Chinese page, which was accepted, is replaced by another.
fn with_chinese(from: &str, to: &str) -> Result<Vec<String>> {
    let project = Project::accepted()?;
    project.change("src/zh-TW/order.md", from, to)?;
    let problems = project.problems()?;
    // What differs can't be accepted either.
    assert!(project.refusal(&["src/zh-TW/order.md"]).contains(&problems[0]), "{problems:#?}");
    Ok(problems)
}

/// The same, where one fault is expected.
fn one(from: &str, to: &str, expected: &str) -> Result<()> {
    let problems = with_chinese(from, to)?;
    assert_eq!(problems, [expected], "{from} → {to}");
    Ok(())
}

const PLACE: &str = "src/en/order.md:";

#[test]
fn editions_that_correspond_are_no_problem() -> Result<()> {
    let project = Project::accepted()?;
    let (passed, _) = check(project.0.path())?;
    assert_eq!(passed, ["src/zh-TW: 27 blocks made of src/en as it is"]);
    Ok(())
}

#[test]
fn without_another_edition_nothing_is_compared() -> Result<()> {
    let project = Project::fresh()?;
    fs::remove_dir_all(project.0.path().join("src/zh-TW"))?;
    assert_eq!(check(project.0.path())?, (vec![], vec![]));
    Ok(())
}

#[test]
fn a_page_that_is_missing_or_additional_is_named() -> Result<()> {
    let project = Project::accepted()?;
    fs::remove_file(project.0.path().join("src/zh-TW/order.md"))?;
    project.write("src/zh-TW/own.md", "# 自己")?;
    assert_eq!(
        project.problems()?,
        [
            "src/en/order.md ↔ src/zh-TW/order.md: missing: there is no such file",
            "src/en/own.md ↔ src/zh-TW/own.md: additional: English has no such file",
        ]
    );
    assert!(project.refusal(&["src/zh-TW/order.md"]).contains("there is no such file"));
    Ok(())
}

#[test]
fn a_summary_of_another_shape_is_named() -> Result<()> {
    let project = Project::accepted()?;
    project.change("src/zh-TW/SUMMARY.md", "(locks.md)", "(order.md)")?;
    assert_eq!(
        project.problems()?,
        [
            "src/en/SUMMARY.md:4 ↔ src/zh-TW/SUMMARY.md:4: the link is lost: locks.md",
            "src/en/SUMMARY.md:4 ↔ src/zh-TW/SUMMARY.md:4: the link is added: order.md",
        ]
    );
    Ok(())
}

#[test]
fn a_missing_and_an_additional_block_are_named() -> Result<()> {
    one(
        "沒有人知道為什麼。\n\n",
        "",
        &format!(
            "{PLACE}29 ↔ src/zh-TW/order.md, after line 24: missing: paragraph: Nobody knows why."
        ),
    )?;
    one(
        "- 第一項。\n",
        "- 第一項。\n- 又一項。\n",
        "src/en/order.md ↔ src/zh-TW/order.md:8: additional: item: 又一項。",
    )
}

#[test]
fn a_lost_row_and_a_lost_column_of_a_table_are_named() -> Result<()> {
    one(
        "| `start` | 它會開始。 |\n",
        "",
        &format!(
            "{PLACE}21 ↔ src/zh-TW/order.md, after line 19: missing: row: | `start` | It starts. |"
        ),
    )?;
    let problems = with_chinese(
        "| 名稱 | 注意 |\n|---|---|\n| `start` | 它會開始。 |",
        "| 名稱 |\n|---|\n| `start` |",
    )?;
    assert!(problems[0].starts_with("src/en/order.md:19 ↔ src/zh-TW/order.md:19: `table with columns [None, None]` in English"), "{problems:#?}");
    Ok(())
}

#[test]
fn an_empty_cell_is_named() -> Result<()> {
    one(
        "| 它會開始。 |",
        "| |",
        &format!(
            "{PLACE}21 ↔ src/zh-TW/order.md:21: words in 1 places in English, in 0 here, or in other ones"
        ),
    )
}

#[test]
fn blocks_in_another_order_are_named() -> Result<()> {
    let problems = with_chinese(
        "沒有人知道為什麼。\n\n最後一段也沒有任何記號，不過比前一段長得多，這樣才認得出來。",
        "最後一段也沒有任何記號，不過比前一段長得多，這樣才認得出來。\n\n沒有人知道為什麼。",
    )?;
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].ends_with("stands in another order"), "{problems:#?}");
    let problems =
        with_chinese("- 第一項。\n- 第二項有 `fork`。", "- 第二項有 `fork`。\n- 第一項。")?;
    assert!(problems[0].ends_with("stands in another order"), "{problems:#?}");
    Ok(())
}

#[test]
fn another_id_or_level_of_a_heading_is_named() -> Result<()> {
    let place = format!("{PLACE}17 ↔ src/zh-TW/order.md:17: `heading 2 #table` in English,");
    one("{#table}", "{#tables}", &format!("{place} `heading 2 #tables` here"))?;
    one("## 表格", "### 表格", &format!("{place} `heading 3 #table` here"))
}

#[test]
fn another_link_is_named() -> Result<()> {
    let problems = with_chinese("locks.md#mutex", "locks.md")?;
    let place = format!("{PLACE}3 ↔ src/zh-TW/order.md:3: the link is");
    assert_eq!(
        problems,
        [format!("{place} added: locks.md"), format!("{place} lost: locks.md#mutex")]
    );
    Ok(())
}

#[test]
fn a_lost_include_and_a_wrong_anchor_are_named() -> Result<()> {
    one(
        "{{#include ../../numbers.md:start}}",
        "5 µs",
        &format!(
            "{PLACE}5 ↔ src/zh-TW/order.md:5: the include is lost: include ../../numbers.md:start"
        ),
    )?;
    one(
        "a.rs:main",
        "a.rs:task",
        &format!(
            "{PLACE}13 ↔ src/zh-TW/order.md:13: the code differs in its line 1: `{{{{#include \
             ../../a.rs:main}}}}` in English, `{{{{#include ../../a.rs:task}}}}` here"
        ),
    )
}

#[test]
fn another_fence_or_callout_is_named() -> Result<()> {
    let place = format!("{PLACE}13 ↔ src/zh-TW/order.md:13:");
    one(
        "```rust",
        "```rust,ignore",
        &format!("{place} `code block `rust`` in English, `code block `rust,ignore`` here"),
    )?;
    let place = format!("{PLACE}10 ↔ src/zh-TW/order.md:10:");
    one("NOTE", "TIP", &format!("{place} `callout NOTE` in English, `callout TIP` here"))
}

#[test]
fn a_lost_a_renamed_and_an_english_figure_are_named() -> Result<()> {
    let start = CHINESE.find("<figure").context("a figure")?;
    let end = CHINESE.find("</figure>\n\n").context("its end")? + "</figure>\n\n".len();
    let problems = with_chinese(&CHINESE[start..end], "")?;
    assert!(
        problems[0].contains("missing: <figure id=\"fig-order\"><figcaption>"),
        "{problems:#?}"
    );

    let problems = with_chinese("fig-order", "fig-other")?;
    assert!(problems[0].contains("`<figure id=\"fig-order\">"), "{problems:#?}");
    assert!(problems[0].contains("`<figure id=\"fig-other\">"), "{problems:#?}");

    let place = format!("{PLACE}24 ↔ src/zh-TW/order.md:24:");
    one(
        "order.zh-TW.svg",
        "order.svg",
        &format!("{place} the picture speaks English: ../../images/order.svg"),
    )?;
    let problems = with_chinese("order.zh-TW.svg", "race.zh-TW.svg")?;
    assert_eq!(
        problems,
        [
            format!("{place} the include is lost: include ../../images/order.svg"),
            format!("{place} the include is added: include ../../images/race.svg")
        ]
    );
    one(
        "五個行程結束的順序<code>any</code>不一定。",
        "<code>any</code>",
        &format!("{place} words in 1 places in English, in 0 here, or in other ones"),
    )
}

#[test]
fn a_name_in_code_that_is_lost_is_named() -> Result<()> {
    let place = format!("{PLACE}8 ↔ src/zh-TW/order.md:8: the name in code is");
    one("`fork`", "分岔", &format!("{place} lost: fork"))?;
    one(
        "<code>any</code>",
        "",
        &format!("{PLACE}24 ↔ src/zh-TW/order.md:24: the name in code is lost: any"),
    )
}

#[test]
fn what_is_not_translated_is_named() -> Result<()> {
    let english = "Nobody knows why.";
    let place = format!("{PLACE}29 ↔ src/zh-TW/order.md:29: not translated:");
    one("沒有人知道為什麼。", english, &format!("{place} {english}"))?;
    one(
        "## 表格",
        "## Table",
        &format!("{PLACE}17 ↔ src/zh-TW/order.md:17: not translated: Table"),
    )?;
    one(
        "它會開始。",
        "It starts.",
        &format!("{PLACE}21 ↔ src/zh-TW/order.md:21: not translated: It starts."),
    )?;
    let sentence = "and nobody in the world can tell you why";
    one("知道為什麼。", &format!("知道，{sentence}。"), &format!("{place} {sentence}"))
}

#[test]
fn names_and_the_english_of_a_term_are_no_english_sentence() {
    for text in ["Python 3", "rayon", "順序（order）", "systemd（service、unit、kill）", "42"]
    {
        assert_eq!(untranslated(text, &[]), None, "{text}");
    }
    assert_eq!(untranslated("pool、locks", &["pool", "locks"]), None);
    assert!(untranslated("pool、locks", &["pool"]).is_some());
    let title = "《a title of a book that has a good many words》，作者";
    assert_eq!(untranslated(title, &[]), None);
}

#[test]
fn english_that_has_changed_is_shown_until_it_is_accepted() -> Result<()> {
    let project = Project::committed()?;
    project.change("src/en/order.md", "Nobody knows why.", "Everybody knows why.")?;
    let stale = "src/en/order.md:29 ↔ src/zh-TW/order.md:29: stale: the English has changed\n    \
                 English: [-Nobody-]{+Everybody+} knows why.\n    \
                 here:    沒有人知道為什麼。\n    \
                 then:    cargo book accept src/zh-TW/order.md:29";
    assert_eq!(project.problems()?, [stale]);

    // Nothing has been done about it: neither the page nor all pages accept it, nor does the line.
    for places in [&["src/zh-TW/order.md"][..], &["src/zh-TW/order.md:29"], &[]] {
        let refusal = project.refusal(places);
        assert!(refusal.contains("the English has changed and this hasn't"), "{refusal}");
        assert_eq!(project.problems()?, [stale]);
    }

    // A block that has been brought up to date is accepted, by a line of its own, and no other is.
    project.change("src/en/order.md", "The first item.", "The very first item.")?;
    project.change("src/zh-TW/order.md", "沒有人知道", "大家都知道")?;
    assert_eq!(
        project.accept(&["src/zh-TW/order.md:29"])?,
        ["src/zh-TW/order.md: 1 block accepted"]
    );
    let problems = project.problems()?;
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].contains("The {+very +}first item."), "{problems:#?}");
    assert_eq!(project.accept(&["src/zh-TW/order.md:29"])?, [""; 0]);

    // What both have changed is shown too, also when the change is committed.
    project.change("src/zh-TW/order.md", "第一項", "最初的一項")?;
    project.commit();
    let problems = project.problems()?;
    assert!(problems[0].contains("The {+very +}first item."), "{problems:#?}");

    // What is still true can be accepted as it is.
    let places = vec!["src/zh-TW/order.md".to_owned()];
    accept(project.0.path(), &Acceptance { places, as_it_is: true })?;
    assert_eq!(project.problems()?, [""; 0]);
    Ok(())
}

#[test]
fn accepting_again_changes_nothing() -> Result<()> {
    let project = Project::fresh()?;
    let problems = project.problems()?;
    assert_eq!(problems.len(), 3, "{problems:#?}");
    assert!(
        problems[0].contains("src/zh-TW/SUMMARY.md: not accepted yet: 3 blocks"),
        "{problems:#?}"
    );
    assert_eq!(project.accept(&[])?.len(), 3);
    let record = project.read("src/zh-TW.record")?;
    assert_eq!(project.accept(&[])?, [""; 0]);
    assert_eq!(project.read("src/zh-TW.record")?, record);
    Ok(())
}

#[test]
fn without_git_it_is_said_why_the_old_english_is_not_shown() -> Result<()> {
    let project = Project::accepted()?;
    project.change("src/en/order.md", "Nobody knows why.", "Everybody knows why.")?;
    let of = |problems: &[String]| problems[0].lines().nth(2).unwrap_or_default().to_owned();
    let why = "    before:  Git would tell, and this is no clone of the project";
    assert_eq!(of(&project.problems()?), why);

    project.git(&["init", "--quiet"]);
    project.commit();
    let why = "    before:  the history of the page doesn't have it";
    assert_eq!(of(&project.problems()?), why);

    let clone = Project(tempfile::tempdir()?);
    project.change("src/en/order.md", "Everybody", "Somebody")?;
    project.commit();
    let source = format!("file://{}", project.0.path().display());
    clone.git(&["clone", "--quiet", "--depth", "1", &source, "."]);
    let why = "    before:  this clone is shallow: `git fetch --unshallow` brings the history";
    assert_eq!(of(&clone.problems()?), why);
    Ok(())
}

#[test]
fn what_two_branches_accept_is_merged() -> Result<()> {
    let project = Project::accepted()?;
    let attributes = fs::read_to_string(project::root().join(".gitattributes"))?;
    project.write(".gitattributes", &attributes)?;
    project.git(&["init", "--quiet", "--initial-branch", "main"]);
    project.commit();
    // Three places of the page on each side, some of which are neighbours in the record.
    for (branch, blocks) in [
        ("one", [("It starts", "它會開始"), ("about pipes", "關於管線"), ("Nobody", "沒有人")]),
        ("two", [("any order", "結果的"), ("The first", "第一項"), ("The last", "最後一段")]),
    ] {
        project.git(&["checkout", "--quiet", "-b", branch, "main"]);
        for (english, chinese) in blocks {
            project.change("src/en/order.md", english, &format!("{english} now"))?;
            project.change("src/zh-TW/order.md", chinese, &format!("現在{chinese}"))?;
        }
        project.accept(&[])?;
        project.commit();
    }
    project.git(&["merge", "--quiet", "--message", "both", "one"]);
    let problems = project.problems()?;
    assert!(problems.iter().all(|problem| problem.contains("has what is gone")), "{problems:#?}");
    project.accept(&[])?;
    assert_eq!(project.problems()?, [""; 0]);
    Ok(())
}

#[test]
fn other_breaks_of_lines_change_nothing() -> Result<()> {
    let project = Project::accepted()?;
    project.change("src/en/order.md", "but it is", "but it\nis")?;
    project.change("src/zh-TW/order.md", "`join` 會", "`join`\n會")?;
    assert_eq!(project.problems()?, [""; 0]);
    Ok(())
}

#[test]
fn chinese_that_is_polished_is_no_problem() -> Result<()> {
    let project = Project::accepted()?;
    project.change("src/zh-TW/order.md", "沒有人知道", "誰也不知道")?;
    assert_eq!(project.problems()?, [""; 0]);
    Ok(())
}

#[test]
fn a_block_that_is_new_in_both_is_not_accepted_by_itself() -> Result<()> {
    let project = Project::accepted()?;
    project.change("src/en/order.md", "Nobody knows", "A new paragraph.\n\nNobody knows")?;
    let problems = project.problems()?;
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(
        problems[0].contains("29 ↔ src/zh-TW/order.md, after line 24: missing: paragraph: A new")
    );

    project.change("src/zh-TW/order.md", "沒有人", "新的一段。\n\n沒有人")?;
    let problems = project.problems()?;
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].contains("src/zh-TW/order.md:29: not accepted yet"), "{problems:#?}");
    project.accept(&["src/zh-TW/order.md:29"])?;
    assert_eq!(project.problems()?, [""; 0]);
    Ok(())
}

#[test]
fn chinese_whose_english_is_gone_is_named_with_it() -> Result<()> {
    let project = Project::committed()?;
    project.change("src/en/order.md", "Nobody knows why.\n\n", "")?;
    assert_eq!(
        project.problems()?,
        ["src/en/order.md ↔ src/zh-TW/order.md:29: additional: paragraph: 沒有人知道為什麼。\n    \
          made of English that is gone: Nobody knows why."
            .to_owned()]
    );
    project.change("src/zh-TW/order.md", "沒有人知道為什麼。\n\n", "")?;
    let problems = project.problems()?;
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let gone = "src/zh-TW/order.md: the record has what is gone: 1 blocks\n    \
        then:    cargo book accept src/zh-TW/order.md";
    assert!(problems[0].ends_with(gone), "{problems:#?}");
    project.accept(&["src/zh-TW/order.md"])?;
    assert_eq!(project.problems()?, [""; 0]);
    Ok(())
}

#[test]
fn a_record_without_a_page_and_one_that_is_damaged_are_named() -> Result<()> {
    let project = Project::accepted()?;
    let record = project.read("src/zh-TW.record")?;
    project.write("src/zh-TW.record", &format!("{record}old.md 12345678 12345678\n"))?;
    assert_eq!(project.problems()?, ["src/zh-TW.record: old.md is no page: delete its lines"]);
    project.write("src/zh-TW.record", "<<<<<<<\n")?;
    let error = format!("{:#}", project.problems().err().context("no error")?);
    assert!(error.contains("src/zh-TW.record:1: not a page and two hashes: <<<<<<<"), "{error}");
    Ok(())
}

#[test]
fn a_place_that_is_no_page_or_no_block_is_a_mistake() -> Result<()> {
    let project = Project::accepted()?;
    for place in ["src/en/order.md", "src/zh-TW/absent.md", "order.md:3"] {
        let error = project.accept(&[place]).err().context("no error")?;
        assert!(error.is::<UsageError>(), "{error:#}");
    }
    let refusal = project.refusal(&["src/zh-TW/order.md:2"]);
    assert!(
        refusal.contains("src/zh-TW/order.md:2: no block with words stands there"),
        "{refusal}"
    );
    Ok(())
}

#[test]
fn the_readme_is_compared_where_it_has_a_translation() -> Result<()> {
    let project = Project::accepted()?;
    project.write("README.md", "# Book\n\n[中文](README.zh-TW.md)\n\n[Page](src/en/order.md)\n")?;
    assert_eq!(project.problems()?, [""; 0]);
    project
        .write("README.zh-TW.md", "# 書\n\n[English](README.md)\n\n[一頁](src/zh-TW/order.md)\n")?;
    project.accept(&["README.zh-TW.md"])?;
    assert_eq!(project.problems()?, [""; 0]);
    // A comment in a shell's block is translated, its command is not.
    let shell = |path, comment: &str| {
        let text = project.read(path)?;
        project.write(path, &format!("{text}\n```sh\ncargo book    # {comment}\n```\n"))
    };
    shell("README.md", "builds it")?;
    shell("README.zh-TW.md", "建置")?;
    assert_eq!(project.problems()?, [""; 0]);
    project.change("README.zh-TW.md", "cargo book", "cargo test")?;
    let problems = project.problems()?;
    assert!(problems[0].contains("`cargo book` in English, `cargo test` here"), "{problems:#?}");
    project.change("README.zh-TW.md", "cargo test", "cargo book")?;
    project.change("README.zh-TW.md", "order.md", "locks.md")?;
    let problems = project.problems()?;
    assert!(problems[0].contains("the link is added: src/en/locks.md"), "{problems:#?}");
    Ok(())
}

#[test]
fn a_block_that_waits_has_the_english_and_is_counted() -> Result<()> {
    let project = Project::accepted()?;
    let root = project.0.path();
    project.change("src/en/order.md", "Nobody knows why.", "Nobody knows yet.")?;
    project.change(
        "src/zh-TW/order.md",
        "沒有人知道為什麼。",
        "<!-- waiting -->\nNobody knows yet.",
    )?;
    project.accept(&["src/zh-TW/order.md"])?;
    let (passed, problems) = check(root)?;
    assert_eq!(problems, [""; 0]);
    assert_eq!(passed.last().map(String::as_str), Some("1 blocks wait for their words"));
    let (_, problems) = check_complete(root)?;
    assert!(problems[0].ends_with("waits for its words"), "{problems:#?}");

    project.change("src/en/order.md", "Nobody knows yet.", "Everybody knows.")?;
    let problems = project.problems()?;
    assert!(problems[0].contains("has not those of English: copy them"), "{problems:#?}");
    Ok(())
}

#[test]
fn a_page_that_waits_is_copied_anew() -> Result<()> {
    let project = Project::accepted()?;
    let root = project.0.path();
    let english = fs::read_to_string(root.join("src/en/order.md"))?;
    let page = root.join("src/zh-TW/order.md");
    fs::write(&page, format!("<!-- waiting: page -->\n\n{english}"))?;
    project.accept(&["src/zh-TW/order.md"])?;
    assert_eq!(project.problems()?, [""; 0]);
    project.change("src/en/order.md", "Nobody knows why.", "Everybody knows.")?;
    assert!(!project.problems()?.is_empty());
    project.accept(&["src/zh-TW/order.md"])?;
    assert_eq!(project.problems()?, [""; 0]);
    assert!(fs::read_to_string(&page)?.contains("Everybody knows."));
    Ok(())
}

#[test]
fn a_question_asks_the_same_in_each_language() -> Result<()> {
    let question = |why: &str| {
        format!(
            "# A {{#a}}\n\n<details class=\"predict\" id=\"ask-a\" data-ask=\"number\" data-check=\"a::b\">\n\
            <summary>{why}</summary>\n\n- [ ] `6`\n  - {why}\n- [x] `9`\n\n{why}\n\n</details>\n"
        )
    };
    for (from, to, expected) in [
        ("number", "one", "data-ask=\"number\""),
        ("a::b", "a::c", "data-check=\"a::b\""),
        ("ask-a", "ask-b", "id=\"ask-a\""),
        ("[x]", "[ ]", "`item [x]` in English, `item [ ]` here"),
        ("`9`", "`8`", "the name in code is lost: 9"),
        ("- [x] `9`\n", "", "missing: item [x]"),
    ] {
        let project = Project::fresh()?;
        project.write("src/en/locks.md", &question("They wait for each other."))?;
        project.write("src/zh-TW/locks.md", &question("它們互相等待。"))?;
        project.accept(&[])?;
        assert_eq!(project.problems()?, [""; 0]);
        project.change("src/zh-TW/locks.md", from, to)?;
        let problems = project.problems()?.concat();
        assert!(problems.contains(expected), "{from}: {problems}");
    }
    Ok(())
}
