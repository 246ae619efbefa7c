"""Staff tokens: unguessable, kept as a hash, read strictly."""

import pytest

from services.identity.tokens import MalformedTokenError, hash_of, issue_token, token_hash_in


def test_a_token_is_found_again_by_its_hash() -> None:
    token = issue_token()

    assert token_hash_in(f"Bearer {token.secret}") == token.token_hash == hash_of(token.secret)


def test_a_token_has_256_bits_and_a_prefix_of_its_own() -> None:
    token = issue_token(lambda count: bytes(range(count)))

    assert token.secret == "wst_aaaqeayE_".lower() + "aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dypq"
    assert token.secret.startswith(f"wst_{token.prefix}_")
    assert len({issue_token().secret for _ in range(100)}) == 100


def test_a_secret_is_not_shown_by_accident() -> None:
    token = issue_token()

    assert token.secret not in repr(token)


def test_no_header_is_nobody() -> None:
    assert token_hash_in(None) is None


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="nothing"),
        pytest.param("Bearer x", id="another-token"),
        pytest.param("Basic d2hpc3RsZQ==", id="another-scheme"),
        pytest.param("wst_aaaaaaaa_" + "a" * 52, id="no-scheme"),
        pytest.param("Bearer wst_aaaaaaaa_" + "A" * 52, id="upper-case"),
        pytest.param("Bearer wst_aaaaaaaa_" + "a" * 51, id="cut"),
        pytest.param("Bearer " + "a" * 10_000, id="endless"),
        pytest.param("Bearer wst_aaaaaaaa_" + "a" * 52 + "\n", id="with-a-line-break"),
    ],
)
def test_anything_else_is_refused_without_repeating_it(header: str) -> None:
    with pytest.raises(MalformedTokenError, match=r"^expected `Authorization: Bearer wst_…`$"):
        token_hash_in(header)
