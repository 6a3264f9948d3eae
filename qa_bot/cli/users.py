"""qa-bot users: local users, for access = "users"."""

from __future__ import annotations

import argparse
import getpass
import sys

from qa_bot.cli.common import add_place_flags, on_one_line, print_json, settings_from
from qa_bot.errors import QABotError

EPILOG = """\
examples:
  qa-bot users add ada --groups staff          asks for the password
  echo "$PASSWORD" | qa-bot users add ada      reads it from standard input
  qa-bot users password ada                    sessions begun before are over
  qa-bot users groups ada staff,board          from their next request on; "" for none
  qa-bot users list
  qa-bot users remove ada

They sign in when the setting access is users.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EPILOG
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="add a user")
    add.add_argument("name", help="what they sign in with")
    add.add_argument(
        "--groups", default="", metavar="A,B", help="what they may see beyond what everybody may"
    )
    listing = actions.add_parser("list", help="all users")
    listing.add_argument("--json", action="store_true", help="for a machine")
    remove = actions.add_parser("remove", help="remove a user")
    remove.add_argument("name")
    password = actions.add_parser("password", help="set another password")
    password.add_argument("name")
    groups = actions.add_parser("groups", help="put a user into other groups")
    groups.add_argument("name")
    groups.add_argument("groups", metavar="A,B", help="all of them; '' for none")
    for action in (add, listing, remove, password, groups):
        add_place_flags(action)


def run(args: argparse.Namespace) -> int:
    from qa_bot.web.access.users import UserStore

    store = UserStore(settings_from(args).access_folder)
    if args.action == "add":
        store.add(args.name, _password(), [args.groups])
        print(f"{args.name} may sign in.")
    elif args.action == "remove":
        store.remove(args.name)
        print(f"{args.name} is removed.")
    elif args.action == "password":
        store.set_password(args.name, _password())
        print(f"{args.name} has another password.")
    elif args.action == "groups":
        store.set_groups(args.name, [args.groups])
        print(f"{args.name} is in {args.groups or 'no group'}.")
    elif args.json:
        print_json({"users": [{"name": u.name, "groups": u.groups} for u in store.users()]})
    else:
        for user in store.users():
            print(on_one_line(f"{user.name}  {', '.join(user.groups) or '-'}"))
    return 0


def _password() -> str:
    """From the terminal, typed twice and not shown; else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise QABotError("The two differ.", "Try again.")
    return password
