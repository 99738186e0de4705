"""The book's style sheets as one file: a page waits for one request more than Material's own, not for seven."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

import rcssmin
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files


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


def _folder(file: File) -> PurePosixPath:
    return PurePosixPath(file.src_uri).parent
