"""unsiloed-sdk 0.1.7 as published, synchronous and asynchronous: every operation."""

import asyncio

import pytest
import requests
from unsiloed_sdk import (
    AsyncUnsiloedClient, AuthenticationError, Category, InvalidRequestError, QuotaExceededError, UnsiloedClient,
)
from unsiloed_sdk.exceptions import APIError, NotFoundError

WAIT = {"poll_interval": 0.05, "max_wait": 120}
UNKNOWN = "b2094b38-e432-44b6-a5d0-67bed07d5de1"
SCHEMA = {
    "type": "object",
    "properties": {
        "total_due": {"type": "number", "description": "Total due of the invoice"},
        "invoice_number": {"type": "string", "description": "Number of the invoice"},
    },
}
CATEGORIES = [
    Category(name="Invoice", description="Bills with an amount due"),
    Category(name="Contract", description="Agreements between parties"),
]


@pytest.fixture()
def sdk(docket):
    with UnsiloedClient(api_key=docket.key, base_url=docket.base + "/", timeout=60) as client:
        yield client


@pytest.fixture()
def report_file(report, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(report)
    return path


def check_letter(parsed):
    assert parsed.status == "Succeeded" and parsed.error is None
    assert parsed.total_chunks == len(parsed.chunks) >= 1
    assert "Letter 4711" in "".join(chunk["embed"] for chunk in parsed.chunks)


def check_report(parsed):
    assert parsed.status == "Succeeded" and parsed.page_count == 3 and parsed.pdf_url
    assert "Fernwick Lantern Works" in "".join(chunk["embed"] for chunk in parsed.chunks)


def check_extraction(extracted):
    assert extracted.status == "completed" and extracted.error is None
    assert list(extracted.result) == ["total_due", "invoice_number"] == extracted.metadata["order"]
    for name, entry in extracted.result.items():
        assert f"{name}: {entry['value']} ({entry['score']:.2%})" and isinstance(entry["bboxes"], list)
    assert extracted.result["total_due"]["value"] == 41610 and extracted.result["total_due"]["page_no"] == 1
    assert extracted.result["invoice_number"]["value"] == "FL-2025-0317"


def check_classification(classified, pages):
    assert classified.status == "completed" and classified.progress == "Classification completed"
    assert classified.result["classification"] == "Invoice" and 0 <= classified.result["confidence"] <= 1
    assert [page["page"] for page in classified.result["page_results"]] == list(range(1, pages + 1))


def check_split(split):
    assert split.status == "completed" and split.result["success"]
    assert {file["name"]: file["pages"] for file in split.result["files"]} == {"Invoice.pdf": [1, 2], "Contract.pdf": [3]}
    for file in split.result["files"]:
        assert requests.get(file["full_path"], timeout=30).content.startswith(b"%PDF-")


def test_parse_a_file(sdk, report_file):
    parsed = sdk.parse_and_wait(file=str(report_file), **WAIT)
    check_report(parsed)
    assert parsed.file_name == "report.pdf" and parsed.credit_used == 3


def test_parse_bytes(sdk, letter):
    parsed = sdk.parse_and_wait(file=letter, **WAIT)
    check_letter(parsed)
    assert parsed.file_name == "document.pdf"


def test_parse_an_address(sdk, library, report):
    parsed = sdk.parse_and_wait(url=library("far.pdf", report), **WAIT)
    check_report(parsed)
    assert parsed.file_name == "far.pdf" and parsed.credit_used == 3, "charged once the pages are known"


def test_parse_with_every_kind_of_option(sdk, letter):
    created = sdk.parse(
        file=letter, merge_tables=True, keep_segment_types="all", segment_analysis={"Table": {"html": "LLM"}},
        output_fields={"ocr": False}, expires_in=3600, segment_type_naming="Unsiloed", xml_citation="true",
    )
    assert created.status == "Starting" and created.merge_tables is True and created.quota_remaining is not None
    assert sdk.get_parse_result(created.job_id).job_id == created.job_id


def test_parse_result_as_a_file(sdk, letter):
    parsed = sdk.parse_and_wait(file=letter, **WAIT)
    link = sdk.get_parse_result(parsed.job_id, output_file=True).result["output_file_url"]
    assert requests.get(link, timeout=30).json()["chunks"] == parsed.chunks


def test_extract(sdk, report_file):
    check_extraction(sdk.extract_and_wait(file=report_file, schema=SCHEMA, **WAIT))


def test_extract_from_an_address(sdk, library, report):
    check_extraction(sdk.extract_and_wait(file_url=library("e.pdf", report), schema=SCHEMA, **WAIT))


def test_classify(sdk, bundle, library):
    check_classification(sdk.classify_and_wait(file=bundle, categories=CATEGORIES, **WAIT), 3)
    check_classification(sdk.classify_and_wait(file_url=library("c.pdf", bundle), categories=["Invoice", "Recipe"], **WAIT), 3)


def test_split(sdk, bundle, library):
    check_split(sdk.split_and_wait(file=bundle, categories=CATEGORIES, **WAIT))
    check_split(sdk.split_and_wait(file_url=library("s.pdf", bundle), categories=CATEGORIES, **WAIT))


def test_a_damaged_file_fails_with_a_reason(sdk, damaged):
    parsed = sdk.parse_and_wait(file=damaged, **WAIT)
    assert parsed.status == "Failed" and parsed.error
    extracted = sdk.extract_and_wait(file=damaged, schema=SCHEMA, **WAIT)
    assert extracted.status == "failed" and extracted.error and extracted.result is None
    classified = sdk.classify_and_wait(file=damaged, categories=CATEGORIES, **WAIT)
    assert classified.status == "failed" and classified.error
    split = sdk.split_and_wait(file=damaged, categories=CATEGORIES, **WAIT)
    assert split.status == "failed" and split.error


@pytest.mark.parametrize("read", ["get_parse_result", "get_extract_result", "get_classify_result", "get_split_result"])
def test_unknown_jobs(sdk, read):
    with pytest.raises(NotFoundError):
        getattr(sdk, read)(UNKNOWN)


def test_errors_become_the_clients_exceptions(sdk, docket, letter):
    for refused in (
        lambda: sdk.parse(file=b""),
        lambda: sdk.extract(file=letter, schema={"type": "array"}),
        lambda: sdk.classify(file=letter, categories=[]),
    ):
        with pytest.raises(InvalidRequestError):
            refused()
    with UnsiloedClient(api_key="wrong", base_url=docket.base) as stranger, pytest.raises(AuthenticationError):
        stranger.parse(file=b"%PDF-1.7")


def test_limits_become_the_clients_exceptions(docket, letter):
    with UnsiloedClient(api_key=docket.new_key("poor-sdk", "--credits", "0"), base_url=docket.base) as poor:
        for submit in (
            lambda: poor.parse(file=letter),
            lambda: poor.extract(file=letter, schema=SCHEMA),
            lambda: poor.classify(file=letter, categories=CATEGORIES),
            lambda: poor.split(file=letter, categories=CATEGORIES),
        ):
            with pytest.raises(QuotaExceededError):
                submit()
    hasty = docket.new_key("hasty-sdk", "--submits-per-minute", "1")
    with UnsiloedClient(api_key=hasty, base_url=docket.base) as client:
        job = client.parse(file=letter).job_id
        with pytest.raises(APIError) as refused:
            client.parse(file=letter)
        assert refused.value.status_code == 429
        assert all(client.get_parse_result(job).job_id == job for _ in range(20)), "reads are never limited"


def test_async(docket, letter, report, bundle, library):
    async def main():
        async with AsyncUnsiloedClient(api_key=docket.key, base_url=docket.base, timeout=60) as client:
            return await asyncio.gather(
                *(client.parse_and_wait(file=letter, **WAIT) for _ in range(5)),
                client.parse_and_wait(url=library("async.pdf", letter), **WAIT),
                client.extract_and_wait(file=report, schema=SCHEMA, **WAIT),
                client.classify_and_wait(file=bundle, categories=CATEGORIES, **WAIT),
                client.split_and_wait(file=bundle, categories=CATEGORIES, **WAIT),
            )

    *parsed, extracted, classified, split = asyncio.run(main())
    for one in parsed:
        check_letter(one)
    check_extraction(extracted)
    check_classification(classified, 3)
    check_split(split)
