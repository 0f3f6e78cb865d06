"""The usual way to build it: FastAPI and asyncpg, one query by key."""

import json
import os
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, HTTPException, Response

QUERY = "select id, status, type, created_at, updated_at, pdf_name, pdf_hash, user_id from public.jobs where id = $1"


@asynccontextmanager
async def pool(app):
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=5, max_size=5)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=pool)


@app.get("/jobs/{job_id}")
async def job(job_id: str):
    row = await app.state.pool.fetchrow(QUERY, job_id)
    if row is None:
        raise HTTPException(404, f"Job {job_id} not found")
    return Response(json.dumps(dict(row), default=str), media_type="application/json")
