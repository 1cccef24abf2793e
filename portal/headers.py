"""What every answer tells the browser that it may do with it, and what not. A view that says more says it first."""

from flask import Response, current_app, g, request

YEAR = 365 * 24 * 3600
# On everything, static files too.
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}
# Nobody keeps it: not the browser, not a proxy.
PRIVATE = "private, no-store"


def add(response: Response, *, personal: bool) -> None:
    """Complete the headers of an answer; `personal`: it is for somebody who is signed in."""
    said = dict(ALWAYS)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        said["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    framed = "frames_of" in g
    if not framed:
        said["Cross-Origin-Resource-Policy"] = "same-origin"
    # Not for static files: the map's worker would live by it and could not fetch a basemap.
    if request.endpoint != "static":
        said["Content-Security-Policy"] = policy()
        # An address with a key in it opens what it opens to whoever has it.
        if personal or "token" in (request.view_args or {}):
            said["Cache-Control"] = PRIVATE
    for name, value in said.items():
        response.headers.setdefault(name, value)


def policy() -> str:
    """Scripts and styles are the portal's own files or carry this answer's nonce; pictures and requests may go to the map's
    background too, where an area has one.
    """
    basemap = f" {g.basemap_origin}" if g.get("basemap_origin") else ""
    nonce = f"'nonce-{g.get('csp_nonce', '')}'"
    frames = g.get("frames_of", "'none'")
    return (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
        f"frame-ancestors {frames}; "
        f"script-src 'self' {nonce}; style-src 'self' {nonce}; worker-src 'self'; "
        f"img-src 'self' data: blob:{basemap}; connect-src 'self'{basemap}"
    )
