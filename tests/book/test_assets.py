"""The book's style sheets, joined, and its scripts."""

import re

HEAD = '{% for sheet in extra_css %}<link rel="stylesheet" href="{{ sheet }}">{% endfor %}'


def sheets(project) -> list[str]:
    """What the start page links."""
    return re.findall(r'<link rel="stylesheet" href="([^"]+)">', (project.root / "site/index.html").read_text())


def test_style_sheets_are_one_file_in_their_order_named_by_its_content(project) -> None:
    project.file("theme/main.html", HEAD)
    project.file("docs/css/a.css", "a { color: red }\n")
    project.file("docs/css/b.css", "b { color: blue }\n")
    project.file("docs/other/c.css", "c { background: url(c.png) }\n")
    far = "https://example.org/d.css"
    settings = project.root / "mkdocs.yml"
    settings.write_text(f"{settings.read_text()}extra_css: [css/b.css, other/c.css, {far}, css/a.css]\n")
    names = []
    for colour in ("red", "green", "red"):
        project.file("docs/css/a.css", f"a {{ color: {colour} }}\n")
        built = project.build()
        assert built.returncode == 0, built.stderr
        joined, *others = sheets(project)
        assert others == ["other/c.css", far]
        assert (project.root / "site" / joined).read_text() == f"b{{color:blue}}a{{color:{colour}}}"
        assert sorted(path.name for path in (project.root / "site/css").iterdir()) == [joined.removeprefix("css/")]
        names.append(joined)
    assert names[0] == names[2] != names[1]


def test_scripts_lose_their_comments_and_nothing_else(project) -> None:
    project.file("docs/js/a.js", "// Why.\nconst a = `two  ${1 + 1} // words`; /* How. */\n\n  log(a)\n")
    far = "https://example.org/d.js"
    settings = project.root / "mkdocs.yml"
    settings.write_text(f"{settings.read_text()}extra_javascript: [js/a.js, {far}]\n")
    built = project.build()
    assert built.returncode == 0, built.stderr
    assert (project.root / "site/js/a.js").read_text() == "const a=`two  ${1 + 1} // words`;log(a)"


def test_a_template_in_a_template_is_refused(project) -> None:
    project.file("docs/js/a.js", "let a;\nlog(`one ${a ? ` and ${a}` : ''}`)\n")
    settings = project.root / "mkdocs.yml"
    settings.write_text(f"{settings.read_text()}extra_javascript: [js/a.js]\n")
    built = project.build()
    assert built.returncode != 0
    assert "docs/js/a.js, line 2: write the template inside the template by itself" in built.stderr
