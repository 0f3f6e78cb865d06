"""The polling loop of the status page, with nothing but the base URL changed."""

import hashlib
import time

import pytest
import requests


def wait_for_job(base, job_id, api_key, poll_interval=0.05, max_wait=60):
    start = time.time()
    seen = []
    while time.time() - start < max_wait:
        response = requests.get(f"{base}/jobs/{job_id}", headers={"X-API-Key": api_key})
        assert response.status_code == 200, "every poll after the submit must find the job"
        job = response.json()
        seen.append(job["status"])
        if job["status"] == "COMPLETED":
            return job, True, seen
        if job["status"] == "FAILED":
            return job, False, seen
        time.sleep(poll_interval)
    raise TimeoutError(job_id)


def submit(docket, body, name="letter.pdf"):
    response = requests.post(f"{docket.base}/parse", headers={"X-API-Key": docket.key}, files={"file": (name, body)})
    assert response.status_code == 200, response.text
    return response.json()["job_id"]


def test_success(docket, letter):
    job, good, seen = wait_for_job(docket.base, submit(docket, letter), docket.key)
    assert good and set(seen) <= {"queued", "PROCESSING", "COMPLETED"}
    assert job["pdf_name"] == "letter.pdf" and job["type"] == "parsing" and "error" not in job
    assert job["pdf_hash"] == "sha256:" + hashlib.sha256(letter).hexdigest()


def test_failure_has_a_reason(docket, damaged):
    job, good, _ = wait_for_job(docket.base, submit(docket, damaged), docket.key)
    assert not good and job["error"]


def test_result_of_a_finished_job(docket, letter):
    job, _, _ = wait_for_job(docket.base, submit(docket, letter), docket.key)
    result = requests.get(f"{docket.base}/jobs/{job['id']}/result", headers={"api-key": docket.key}).json()
    assert "Letter 4711" in result["result"]["chunks"][0]["embed"]


def test_an_unknown_job_never_ends(docket):
    unknown = "b2094b38-e432-44b6-a5d0-67bed07d5de1"
    with pytest.raises(AssertionError):
        wait_for_job(docket.base, unknown, docket.key)
