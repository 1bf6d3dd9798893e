"""Where packages of others ask this site: how accounts come about, who a token speaks for."""

from accounts.adapter.invited import InvitedOnlyAdapter

__all__ = ["InvitedOnlyAdapter"]
