"""The fixed cast itself."""


def test_only_the_curator_is_let_into_the_admin(cast):
    people = {name: who for name, who in vars(cast).items() if hasattr(who, "is_staff")}
    assert [name for name, who in people.items() if who.is_staff] == ["curator"]
