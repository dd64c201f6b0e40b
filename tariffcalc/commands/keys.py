"""``tariffcalc keys``: who may save over HTTP, where the service asks for keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tariffcalc.store import Store


@click.group()
def keys() -> None:
    """Keys for the service: made, listed, taken back."""


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(["read", "write"]),
    multiple=True,
    default=("read",),
    show_default=True,
    help="read: ask; write: save, change and delete too.",
)
def create(name: str, scopes: tuple[str, ...]) -> None:
    """Make a key for NAME and print it: it is kept nowhere and cannot be printed again."""
    click.echo(_store().keys.create(name, tuple(dict.fromkeys(scopes))))
    click.echo("send it as the header Authorization: Bearer KEY; it is not shown again", err=True)


@keys.command("list")
def list_keys() -> None:
    """Every key: its id, whether it holds, its scopes, the day it was made, its name."""
    for key in _store().keys.list():
        state = "revoked" if key.revoked else "holds"
        click.echo(f"{key.id}  {state:7}  {','.join(key.scopes):10}  {key.created:%Y-%m-%d}  {key.name}")


@keys.command()
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """Take back the key with the id KEY_ID: from now on it opens nothing."""
    key = _store().keys.revoke(key_id)
    click.echo(f"revoked {key.id} ({key.name})", err=True)


def _store() -> Store:
    from tariffcalc.store import Store

    return Store.open()
