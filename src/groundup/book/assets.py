"""What the book's pages load beside Material's own: style sheets as one file, scripts, both without their comments.

A page waits for one style sheet more than Material's, not for seven; and a first page is some kilobytes lighter.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

import rcssmin
import rjsmin
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from groundup.book.errors import Fault


def join_sheets(files: Files, config: MkDocsConfig, *, published: bool) -> None:
    """Put one file in place of those that ``extra_css`` names, in their order.

    What is no file of the site, and what lies in another folder than the first, stays as it is: addresses inside a
    style sheet count from its folder.

    Args:
        files: The site's files.
        config: The configuration, whose ``extra_css`` then names the new file.
        published: Whether the file loses its comments, and its name holds a digest of its content, so that a browser
            which has kept an older one asks for the new one.
    """
    found = [file for path in config.extra_css if (file := files.get_file_from_path(path))]
    joined = [file for file in found if _folder(file) == _folder(found[0])]
    if not joined:
        return
    content, digest = "\n".join(file.content_string for file in joined), ""
    if published:
        content = str(rcssmin.cssmin(content))
        digest = f".{hashlib.sha256(content.encode()).hexdigest()[:8]}"
    name = str(_folder(joined[0]) / f"book{digest}.css")
    for file in joined:
        files.remove(file)
    files.append(File.generated(config, name, content=content))
    taken = {file.src_uri for file in joined}
    config.extra_css = [name, *(path for path in config.extra_css if path not in taken)]


def lighten_scripts(files: Files, config: MkDocsConfig) -> None:
    """Take comments and indentation out of the scripts that ``extra_javascript`` names and that lie in docs/.

    Raises:
        Fault: A script has a template in a template, whose spaces would be taken for indentation.
    """
    for script in config.extra_javascript:
        file = files.get_file_from_path(str(script))
        if file is None:
            continue
        content = file.content_string
        if nested := _NESTED_TEMPLATE.search(content):
            line = content.count("\n", 0, nested.start()) + 1
            raise Fault(f"docs/{file.src_uri}, line {line}: write the template inside the template by itself")
        files.remove(file)
        files.append(File.generated(config, file.src_uri, content=str(rjsmin.jsmin(content))))


_NESTED_TEMPLATE = re.compile(r"\$\{[^}`]*`")


def _folder(file: File) -> PurePosixPath:
    return PurePosixPath(file.src_uri).parent
