-- Lists of an account's jobs by creation, and by type and the word that clients see: a filter that
-- few jobs meet reads only these. The expression stands word by word in the statement that lists.

drop index docket.jobs_owner;

create index jobs_owner on docket.jobs (user_id, created_at, seq);

create index jobs_listed on docket.jobs ((type || ' ' || (case when finished_at is null then
        case when started_at is null then 'queued' else 'processing' end
        when status = 'succeeded' then 'completed' else 'failed' end) || ' ' || user_id), created_at, seq);
