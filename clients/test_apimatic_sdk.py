"""unsiloed-apimatic-sdk 0.0.2 as published: every answer must fit its strict models, errors too."""

import asyncio
import json
import time

import apimatic
import pytest

am = apimatic.load()
from unsiloed_ai_document_processing_api.core import ApiError  # noqa: E402

UNKNOWN = "b2094b38-e432-44b6-a5d0-67bed07d5de1"
SCHEMA = json.dumps({"type": "object", "properties": {"total_due": {"type": "number", "description": "Total due of the invoice"}}})
CATEGORIES = json.dumps([{"name": "Invoice", "description": "Bills with an amount due"}, {"name": "Contract", "description": "Agreements"}])
ENDED = {"Succeeded", "Failed", "Cancelled", "completed", "review", "failed"}


@pytest.fixture()
def client(docket):
    with am.Client(base_url=docket.base, api_key_auth=docket.key, timeout=60) as client:
        yield client


def word(answer):
    return getattr(answer.status, "value", answer.status)


def ended(read, job):
    """Every answer on the way is decoded, also those of a job that waits or runs."""
    end = time.monotonic() + 120
    while word(answer := read(job)) not in ENDED:
        assert time.monotonic() < end, answer
        time.sleep(0.05)
    return answer


def refusal(call):
    with pytest.raises(ApiError) as refused:
        call()
    return refused.value


def test_parse(client, report, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(report)
    api = client.parse_vision_api_compatible
    created = api.create_parse_task(file=path)
    assert created.status == "Starting" and created.file_name == "report.pdf" and created.credit_used == 3
    parsed = ended(api.get_parse_task, created.job_id)
    assert word(parsed) == "Succeeded" and parsed.page_count == 3 and parsed.total_chunks == len(parsed.chunks)
    assert parsed.chunks[0].segments[0].page_number == 1 and isinstance(parsed.metadata, dict)
    assert api.get_parse_task(created.job_id, output_file=True).result.output_file_url
    kept = api.get_parse_task(created.job_id, segment_filter="SectionHeader,Title")
    assert 0 < sum(len(chunk.segments) for chunk in kept.chunks) < sum(len(chunk.segments) for chunk in parsed.chunks)


def test_parse_bytes_and_addresses(client, letter, library):
    api = client.parse_vision_api_compatible
    for created in (api.create_parse_task(file=letter), api.create_parse_task(url=library("am.pdf", letter))):
        assert word(ended(api.get_parse_task, created.job_id)) == "Succeeded"


def test_extract(client, report, library):
    api = client.extract
    for created in (
        api.extract_data(SCHEMA, pdf_file=report, enable_citations=True),
        api.extract_data(SCHEMA, file_url=library("am_e.pdf", report)),
    ):
        assert created.status == "queued"
        extracted = ended(api.get_extraction_job_status, created.job_id)
        assert word(extracted) == "completed" and set(extracted.result) == {"total_due"}
        assert extracted.metadata.page_count == 3 and extracted.created_at.tzinfo is not None


def test_classify(client, bundle):
    created = client.classify.classify_document(CATEGORIES, pdf_file=bundle)
    classified = ended(client.classify.get_classification_job_status, created.job_id)
    assert word(classified) == "completed" and classified.result.classification == "Invoice"
    assert [page.page for page in classified.result.page_results] == [1, 2, 3]


def test_split(client, bundle):
    created = client.split.split_document(CATEGORIES, file=bundle, enable_reordering=False)
    split = ended(client.split.get_split_status, created.job_id)
    assert word(split) == "completed" and {file.name for file in split.result.files} == {"Invoice.pdf", "Contract.pdf"}
    assert split.parameters.page_count == 3


def test_failed_jobs(client, damaged):
    api = client.parse_vision_api_compatible
    assert ended(api.get_parse_task, api.create_parse_task(file=damaged).job_id).message
    assert ended(client.extract.get_extraction_job_status, client.extract.extract_data(SCHEMA, pdf_file=damaged).job_id).error
    assert ended(client.classify.get_classification_job_status, client.classify.classify_document(CATEGORIES, pdf_file=damaged).job_id).error
    assert ended(client.split.get_split_status, client.split.split_document(CATEGORIES, file=damaged).job_id).error


def test_usage_and_health(client):
    usage = client.organization.get_organization_usage()
    assert usage.org_id and usage.remaining_quota == usage.usage_limit - usage.current_usage
    assert client.health.health_check().status == "ok"


def test_a_workbook_is_no_pdf(client, letter):
    api = client.parse_vision_api_compatible
    assert refusal(lambda: api.create_parse_task_excel(file=letter)).status_code == 400


def test_unknown_jobs(client):
    for read in (client.extract.get_extraction_job_status, client.classify.get_classification_job_status, client.split.get_split_status):
        problem = refusal(lambda read=read: read(UNKNOWN))
        assert problem.status_code == 404 and "not found" in problem.error.detail
    problem = refusal(lambda: client.parse_vision_api_compatible.get_parse_task(UNKNOWN))
    assert problem.status_code == 404 and problem.error.error.details.task_id == UNKNOWN


def test_bad_requests(client, letter):
    for call in (
        lambda: client.extract.extract_data("{nope", pdf_file=letter),
        lambda: client.classify.classify_document("[]", pdf_file=letter),
        lambda: client.split.split_document("{}", file=letter),
        lambda: client.parse_vision_api_compatible.create_parse_task(),
    ):
        assert refusal(call).status_code == 400


def test_bad_keys(docket, letter):
    with am.Client(base_url=docket.base, api_key_auth="wrong") as stranger:
        for call in (
            lambda: stranger.extract.extract_data(SCHEMA, pdf_file=letter),
            lambda: stranger.parse_vision_api_compatible.create_parse_task(file=letter),
            lambda: stranger.organization.get_organization_usage(),
        ):
            assert refusal(call).status_code == 401
        problem = refusal(lambda: stranger.parse_vision_api_compatible.get_parse_task(UNKNOWN))
        assert problem.status_code == 401 and isinstance(problem.error, str), "it decodes nothing but a JSON string here"


def test_limits(docket, letter):
    with am.Client(base_url=docket.base, api_key_auth=docket.new_key("poor-am", "--credits", "0")) as poor:
        parse = refusal(lambda: poor.parse_vision_api_compatible.create_parse_task(file=letter))
        extract = refusal(lambda: poor.extract.extract_data(SCHEMA, pdf_file=letter))
        classify = refusal(lambda: poor.classify.classify_document(CATEGORIES, pdf_file=letter))
    assert {parse.status_code, extract.status_code, classify.status_code} == {402}
    assert parse.error.quota_data.remaining == 0 == classify.error.detail.quota_data.remaining
    assert isinstance(extract.error.detail, str), "it decodes nothing but a text here"
    with am.Client(base_url=docket.base, api_key_auth=docket.new_key("hasty-am", "--submits-per-minute", "1")) as hasty:
        hasty.parse_vision_api_compatible.create_parse_task(file=letter)
        problem = refusal(lambda: hasty.parse_vision_api_compatible.create_parse_task(file=letter))
    assert problem.status_code == 429 and problem.error.retry_after >= 1


def test_async(docket, report, bundle):
    async def ended_async(read, job):
        end = time.monotonic() + 120
        while word(answer := await read(job)) not in ENDED:
            assert time.monotonic() < end, answer
            await asyncio.sleep(0.05)
        return word(answer)

    async def main():
        async with am.AsyncClient(base_url=docket.base, api_key_auth=docket.key, timeout=60) as client:
            parse, extract = client.parse_vision_api_compatible, client.extract
            created = await asyncio.gather(
                parse.create_parse_task(file=report), extract.extract_data(SCHEMA, pdf_file=report),
                client.classify.classify_document(CATEGORIES, pdf_file=bundle), client.split.split_document(CATEGORIES, file=bundle),
            )
            reads = (parse.get_parse_task, extract.get_extraction_job_status,
                     client.classify.get_classification_job_status, client.split.get_split_status)
            return await asyncio.gather(*(ended_async(read, one.job_id) for read, one in zip(reads, created)))

    assert asyncio.run(main()) == ["Succeeded", "completed", "completed", "completed"]
