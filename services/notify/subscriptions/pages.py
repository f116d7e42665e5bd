"""The pages on which a person says that a subscription is to end, or an address is theirs: no script, nothing from
elsewhere."""

from html import escape

from common.fields import Language

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    # The address holds the signature.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_WORDS: dict[str, dict[Language, dict[str, str]]] = {
    "unsubscribe": {
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
    },
    "confirm": {
        "zh": {
            "title": "确认接收通知",
            "ask": "确定在此邮箱接收通知吗？可随时经每封邮件中的链接退订。",
            "button": "确认",
            "done": "已处理，可以关闭本页。",
        },
        "en": {
            "title": "Confirm notices",
            "ask": "Receive notices at this address? A link in every mail ends them at any time.",
            "button": "Confirm",
            "done": "Done. You can close this page.",
        },
    },
}


def page(about: str, language: Language, form: str, *, is_asking: bool) -> str:
    """With a button that sends `form`, a name and a value, to the page's own address, or without one when there is
    nothing left to ask. `about` is unsubscribe or confirm."""
    words = {name: escape(text) for name, text in _WORDS[about][language].items()}
    name, value = form.split("=")
    asking = (
        f'<p>{words["ask"]}</p><form method="post"><input type="hidden" name="{name}" value="{value}">'
        f'<button type="submit">{words["button"]}</button></form>'
    )
    said = asking if is_asking else f"<p>{words['done']}</p>"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{words['title']}</title>"
        "<style>body{font:16px/1.6 sans-serif;max-width:34em;margin:3em auto;padding:0 1em}"
        "button{font:inherit;padding:.5em 1.5em}</style></head>"
        f"<body><h1>{words['title']}</h1>{said}</body></html>\n"
    )
