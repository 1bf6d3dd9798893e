"""Where packages of others ask this site: how accounts come about, who a token speaks for."""

from accounts.adapter.invited import InvitedOnlyAdapter
from accounts.adapter.known import KnownPeopleAdapter
from accounts.adapter.second import SecondStepAdapter

__all__ = ["InvitedOnlyAdapter", "KnownPeopleAdapter", "SecondStepAdapter"]
