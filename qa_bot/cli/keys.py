"""qa-bot keys: API keys."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from qa_bot.cli.common import add_place_flags, on_one_line, print_json, settings_from

EPILOG = """\
examples:
  qa-bot keys add wiki --groups staff,board    prints the key, this once
  qa-bot keys list
  qa-bot keys revoke wiki                      a running server refuses it at once

Programs send a key with every request:  Authorization: Bearer qab_...
Keys are accepted when the setting access is keys, users, proxy or oidc.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="make a key and print it")
    add.add_argument("name", help="who or what will use it")
    add.add_argument(
        "--groups", default="", metavar="A,B", help="what it opens beyond what everybody may see"
    )
    listing = actions.add_parser("list", help="all keys, without what is secret")
    listing.add_argument("--json", action="store_true", help="for a machine")
    revoke = actions.add_parser("revoke", help="make a key worthless")
    revoke.add_argument("name", help="as given to add")
    for action in (add, listing, revoke):
        add_place_flags(action)


def run(args: argparse.Namespace) -> int:
    from qa_bot.web.access.keys import KeyStore

    store = KeyStore(settings_from(args).access_folder)
    if args.action == "add":
        secret = store.add(args.name, [args.groups])
        print("Keep it safe; it is not shown again:", file=sys.stderr)
        print(secret)
    elif args.action == "revoke":
        store.revoke(args.name)
        print(f"{args.name} is revoked.")
    elif args.json:
        shown = [{k: v for k, v in asdict(key).items() if k != "hash"} for key in store.all()]
        print_json({"keys": shown})
    else:
        for key in store.all():
            print(on_one_line(f"{key.made}  {key.name}  {', '.join(key.groups) or '-'}"))
    return 0
