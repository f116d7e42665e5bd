"""The page on which a person confirms that a subscription is to end: no script, nothing from elsewhere."""

from html import escape

from common.fields import Language

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    # The address holds the signature.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "title": "退订通知",
        "ask": "确定不再接收这条订阅的通知吗？单位可随时在订阅列表中恢复。",
        "button": "退订",
        "done": "已退订，不会再收到这条订阅的通知。",
    },
    "en": {
        "title": "Unsubscribe",
        "ask": "Receive no more messages of this subscription? Your organisation can resume it at any time.",
        "button": "Unsubscribe",
        "done": "Done. No more messages of this subscription will come.",
    },
}


def page(language: Language, *, is_subscribed: bool) -> str:
    """With a button that sends the form to the page's own address, or without one when there is nothing to end."""
    words = {name: escape(text) for name, text in _WORDS[language].items()}
    form = (
        f'<p>{words["ask"]}</p><form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
        f'<button type="submit">{words["button"]}</button></form>'
    )
    said = form if is_subscribed else f"<p>{words['done']}</p>"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{words['title']}</title>"
        "<style>body{font:16px/1.6 sans-serif;max-width:34em;margin:3em auto;padding:0 1em}"
        "button{font:inherit;padding:.5em 1.5em}</style></head>"
        f"<body><h1>{words['title']}</h1>{said}</body></html>\n"
    )
