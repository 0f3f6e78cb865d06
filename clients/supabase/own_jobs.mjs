// What a Supabase client sees of Docket's jobs; prints one JSON object.
//   node own_jobs.mjs POSTGREST_URL JWT SOMEBODY_ELSES_JOB
import { createClient } from "@supabase/supabase-js";

const [url, jwt, foreignJob] = process.argv.slice(2);

// A project serves PostgREST under /rest/v1; here it stands alone.
const bare = (input, init) => fetch(String(input).replace("/rest/v1/", "/"), init);
// The library wants a WebSocket at its start; nothing here opens one.
class NoWebSocket {}

const client = createClient(url, jwt, {
  auth: { persistSession: false, autoRefreshToken: false },
  global: { fetch: bare, headers: { Authorization: `Bearer ${jwt}` } },
  realtime: { transport: NoWebSocket },
});

const told = ({ data, error, count, status }) => ({ data, error: error?.code ?? null, count, status });

const all = told(await client.from("jobs").select("*", { count: "exact" }).order("created_at"));
const completed = told(await client.from("jobs").select("id, status, pdf_name").eq("status", "COMPLETED"));
const failed = told(await client.from("jobs").select("id, error").eq("status", "FAILED"));
const named = told(await client.from("jobs").select("id").ilike("pdf_name", "%second%"));
const foreign = told(await client.from("jobs").select("*").eq("id", foreignJob).maybeSingle());
const written = told(await client.from("jobs").update({ pdf_name: "x" }).eq("id", foreignJob).select());
const removed = told(await client.from("jobs").delete().neq("pdf_name", "").select());
console.log(JSON.stringify({ all, completed, failed, named, foreign, written, removed }));
