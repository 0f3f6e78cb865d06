"""unsiloed-sdk 0.1.7 as published, synchronous and asynchronous."""

import asyncio

import pytest
from unsiloed_sdk import AsyncUnsiloedClient, AuthenticationError, InvalidRequestError, UnsiloedClient
from unsiloed_sdk.exceptions import NotFoundError

WAIT = {"poll_interval": 0.05, "max_wait": 60}


@pytest.fixture()
def sdk(docket):
    with UnsiloedClient(api_key=docket.key, base_url=docket.base + "/", timeout=60) as client:
        yield client


def check_letter(parsed):
    assert parsed.status == "Succeeded" and parsed.error is None
    assert parsed.total_chunks == len(parsed.chunks) >= 1
    assert "Letter 4711" in "".join(chunk["embed"] for chunk in parsed.chunks)


def test_parse_a_file(sdk, letter, tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(letter)
    parsed = sdk.parse_and_wait(file=str(path), **WAIT)
    check_letter(parsed)
    assert parsed.file_name == "letter.pdf" and parsed.page_count == 1 and parsed.credit_used == 1


def test_parse_bytes(sdk, letter):
    parsed = sdk.parse_and_wait(file=letter, **WAIT)
    check_letter(parsed)
    assert parsed.file_name == "document.pdf"


def test_parse_with_every_kind_of_option(sdk, letter):
    created = sdk.parse(
        file=letter, merge_tables=True, keep_segment_types="all", segment_analysis={"Table": {"html": "LLM"}},
        output_fields={"ocr": False}, expires_in=3600, segment_type_naming="Unsiloed", xml_citation="true",
    )
    assert created.status == "Starting" and created.merge_tables is True and created.quota_remaining is not None
    assert sdk.get_parse_result(created.job_id).job_id == created.job_id


def test_a_damaged_file_fails_with_a_reason(sdk, damaged):
    parsed = sdk.parse_and_wait(file=damaged, **WAIT)
    assert parsed.status == "Failed" and parsed.error


def test_errors_become_the_clients_exceptions(sdk, docket):
    with pytest.raises(NotFoundError):
        sdk.get_parse_result("b2094b38-e432-44b6-a5d0-67bed07d5de1")
    with pytest.raises(InvalidRequestError):
        sdk.parse(file=b"")
    with UnsiloedClient(api_key="wrong", base_url=docket.base) as stranger, pytest.raises(AuthenticationError):
        stranger.parse(file=b"%PDF-1.7")


def test_async(docket, letter):
    async def main():
        async with AsyncUnsiloedClient(api_key=docket.key, base_url=docket.base, timeout=60) as client:
            return await asyncio.gather(*(client.parse_and_wait(file=letter, **WAIT) for _ in range(5)))

    for parsed in asyncio.run(main()):
        check_letter(parsed)
