"""Moments of a recording: as they are shown, and the address that plays it from there."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

VIDEO_SITES = ("youtube.com", "youtu.be", "youtube-nocookie.com", "dailymotion.com")


def moment(seconds: float | None) -> str:
    """A time from the start of a recording, like "[00:12:11]"; "" for one that is not known.

    Example:
        >>> moment(731.4), moment(None)
        ('[00:12:11]', '')
    """
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    return f"[{minutes // 60:02}:{minutes % 60:02}:{rest:02}]"


def moment_url(media: str, seconds: float | None) -> str:
    """The address of a recording at a moment; "" if ``media`` is no address on the web, or the
    moment is not known.

    YouTube takes the time in the query; players in a page and files take a media fragment.

    Example:
        >>> moment_url("https://example.org/talk.mp4", 731.4)
        'https://example.org/talk.mp4#t=731'
        >>> moment_url("https://www.youtube.com/watch?v=a&t=3", 731)
        'https://www.youtube.com/watch?v=a&t=731'
    """
    try:
        parts = urlsplit(media)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or seconds is None:
        return ""
    time = str(max(0, int(seconds)))
    if host not in VIDEO_SITES:
        return parts._replace(fragment=f"t={time}").geturl()
    query = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("t", "start")]
    return parts._replace(query=urlencode([*query, ("t", time)]), fragment="").geturl()
