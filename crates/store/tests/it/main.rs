//! Holds the two drivers equal: every case runs on SQLite and on Postgres.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounts;
mod batches;
mod blobs;
mod concurrency;
mod credits;
mod cutter;
mod documents;
mod exhaustive;
mod expiry;
mod fairness;
mod feed;
mod fixture;
mod idempotency;
mod interleaving;
mod jobs;
mod model;
mod opening;
mod outage;
mod overview;
mod progress;
mod protocol;
mod queue;
mod races;
mod reads;
mod replays;
mod schedules;
mod secrets;
mod settle;
mod supabase;
mod sweep;
mod transitions;
mod uploads;
mod webhook_turns;
mod webhooks;

/// Makes a test of every case for each driver.
macro_rules! on_both_drivers {
    ($($module:ident: $($case:ident),+ $(,)?;)+) => {
        mod sqlite {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::$module::$case(crate::fixture::Fixture::sqlite().await).await;
                })+
            })+
        }

        mod postgres {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    crate::$module::$case(crate::fixture::Fixture::postgres().await).await;
                })+
            })+
        }
    };
}

on_both_drivers! {
    jobs:
        an_inserted_job_is_found_as_given,
        an_unknown_job_is_not_found,
        a_second_job_with_the_same_id_conflicts,
        a_job_of_an_unknown_account_is_refused,
        lists_are_newest_first_and_paged,
        lists_are_filtered_by_the_words_of_the_wire,
        lists_are_filtered_by_type,
        filtered_lists_are_paged_like_the_whole,
        specs_are_stored_beside_the_job,
        cancelling_ends_and_refunds,
        only_the_owner_cancels_and_deletes,
        deleting_takes_the_events_along,
        events_follow_every_transition,
        times_rise_though_the_clock_stands_still;
    queue:
        claims_come_by_priority_then_age,
        a_claimed_job_is_not_claimed_again,
        jobs_for_later_are_left_alone,
        jobs_that_await_their_upload_are_left_alone,
        jobs_beyond_their_deadline_are_left_alone,
        start_and_deadline_are_set_once,
        each_claim_has_a_token_of_its_own,
        a_job_that_cannot_be_read_does_not_stop_the_queue,
        heartbeats_renew_only_what_is_held,
        heartbeats_leave_the_job_alone,
        a_late_heartbeat_saves_an_unswept_lease,
        a_claim_whose_answer_was_lost_is_not_renewed_by_its_worker,
        the_depth_counts_waiting_and_running,
        the_hint_tells_of_ready_jobs;
    fairness:
        one_job_does_not_wait_for_thousands,
        shares_follow_the_weights,
        fifty_accounts_wait_one_round,
        idling_earns_no_burst,
        each_account_is_served_in_its_order,
        running_jobs_are_limited_by_account,
        claims_of_another_process_count,
        jobs_in_backoff_leave_the_ready_ones,
        a_release_is_ready_at_once,
        a_clock_set_back_holds_no_job_up,
        positions_follow_the_shares,
        shares_are_kept_and_listed;
    progress:
        progress_is_monotonic,
        progress_without_change_writes_nothing,
        progress_keeps_known_totals,
        progress_fills_in_a_fetched_document,
        progress_of_a_lost_claim_is_refused;
    settle:
        success_stores_the_result,
        failure_refunds_and_tells_why,
        a_retry_waits_and_stays_started,
        a_release_gives_the_attempt_back,
        lost_workers_are_counted,
        a_settlement_with_an_old_token_writes_nothing,
        passwords_are_wiped_at_the_end,
        the_end_removes_the_lease;
    sweep:
        lost_leases_go_back_with_backoff,
        the_last_loss_fails_the_job,
        running_jobs_with_leases_are_left_alone,
        overdue_jobs_fail_wherever_they_are,
        sweeps_are_bounded;
    credits:
        submits_are_charged,
        too_small_a_balance_writes_nothing,
        a_lowered_limit_leaves_free_jobs_possible,
        cycles_roll_forward,
        refunds_of_a_former_cycle_leave_this_one_alone,
        a_refund_happens_once,
        submits_are_limited_by_a_sliding_window,
        deleted_jobs_keep_their_place_in_the_window;
    accounts:
        accounts_are_made_once_and_updated,
        keys_are_found_by_hash,
        revoked_and_expired_keys_are_unknown,
        equal_keys_conflict,
        keys_need_an_account,
        keys_are_listed_newest_first,
        keys_of_an_account_are_listed,
        keys_expire;
    batches:
        a_batch_is_found_as_given,
        a_batch_is_all_or_nothing,
        the_balance_must_suffice_for_the_whole_batch,
        a_batch_is_one_submit,
        a_repeated_batch_is_replayed,
        a_batch_owns_its_jobs,
        jobs_of_a_batch_live_on_their_own,
        a_batch_without_jobs_costs_nothing;
    idempotency:
        a_repetition_is_replayed,
        a_replay_tells_what_was_charged_then,
        a_replay_is_no_submit,
        another_request_with_the_key_conflicts,
        keys_differ_by_scope_and_account,
        keys_are_forgotten_after_a_day,
        a_refused_submit_leaves_its_key_unused,
        a_deleted_job_leaves_its_key_unused,
        concurrent_repetitions_make_one_job,
        concurrent_repetitions_of_a_failing_submit_make_one_job;
    expiry:
        only_ended_jobs_expire,
        expiry_is_bounded_and_takes_the_oldest_first,
        an_expired_job_that_cannot_be_read_is_left,
        outdated_idempotency_keys_go_along,
        a_full_step_says_that_there_may_be_more,
        a_batch_goes_with_its_last_job,
        old_usage_is_summed_up_by_month,
        each_expired_job_is_handed_out_once;
    feed:
        a_node_that_serves_alone_knows_it,
        every_change_is_fed_once,
        a_feed_begins_where_it_was_opened,
        changes_of_other_processes_are_fed,
        a_large_backlog_comes_in_batches,
        changes_are_listed_by_job_and_account,
        deletions_are_told_for_a_day;
    secrets:
        the_first_secret_stays;
    documents:
        bytes_follow_the_documents,
        documents_beyond_the_limit_are_refused,
        concurrent_submits_never_pass_the_limit;
    reads:
        reads_are_answered_while_nothing_can_be_written;
    transitions:
        every_state_answers_every_event;
    uploads:
        a_late_document_queues_its_job,
        a_document_after_the_window_is_refused,
        late_charges_add_up_to_the_pages,
        late_charges_belong_to_the_present_cycle,
        a_rerun_begins_anew,
        a_failed_rerun_gives_back_its_own_charge_only,
        a_rerun_is_a_submit,
        only_the_owner_reruns_what_it_has_seen,
        of_two_reruns_one_happens,
        only_waiting_jobs_are_cancelled_as_such,
        lists_are_cut_by_time_and_offset;
    concurrency:
        no_job_is_handed_out_twice,
        two_stores_share_one_queue,
        concurrent_submits_never_overdraw,
        concurrent_submits_keep_the_limit,
        submits_of_several_accounts_stand_alone,
        a_settlement_and_a_sweep_race,
        a_cancel_and_a_settlement_race,
        settlements_at_the_same_time_stand_alone,
        failing_operations_harm_nobody_else;
    opening:
        many_nodes_open_at_once,
        an_old_schema_is_refused_without_migrating,
        a_newer_schema_is_refused,
        every_older_schema_is_brought_up_to_date,
        specs_of_an_older_schema_are_kept,
        a_reopened_store_finds_everything,
        a_closed_store_is_unavailable,
        the_real_clock_runs,
        repetitions_and_expiry_follow_the_real_clock;
    overview:
        unfinished_jobs_and_deliveries_are_counted;
    schedules:
        random_schedules_agree_with_the_model;
    replays:
        walks_of_one_job_agree_with_the_protocol,
        walks_of_two_jobs_agree_with_the_protocol;
    webhook_turns:
        an_account_has_so_many_attempts_at_most,
        accounts_take_turns_however_many_endpoints_they_have,
        an_endpoint_that_fails_rests,
        another_url_is_another_endpoint,
        the_claim_says_when_it_was_made,
        ended_jobs_and_owners_wishes_hurry_deliveries,
        many_ends_are_written_at_once,
        a_lost_claim_that_ends_beside_its_successor_is_lost;
    webhooks:
        endpoints_are_kept_per_account,
        an_account_has_so_many_endpoints_at_most,
        an_ended_job_is_told_to_those_who_want_it,
        every_end_is_told_once,
        jobs_of_accounts_without_endpoints_leave_nothing,
        what_is_told_outlives_its_job,
        a_batch_is_told_when_its_last_job_has_ended,
        jobs_of_a_batch_that_end_together_are_told_as_one_batch,
        a_delivery_is_claimed_by_one_worker,
        an_unsettled_delivery_is_due_again,
        endpoints_take_turns_within_their_bounds,
        a_failing_endpoint_is_tried_one_at_a_time,
        attempts_are_written_down,
        a_failed_attempt_waits_for_its_delay,
        gone_disables_at_once,
        failures_disable_when_they_are_many_over_a_long_time,
        disabled_endpoints_hold_their_deliveries,
        two_secrets_sign_during_a_rotation,
        a_delivery_is_replayed_from_the_start,
        a_delivery_under_way_is_not_replayed,
        failed_deliveries_are_replayed_since_an_instant,
        deliveries_are_listed_newest_first,
        old_deliveries_are_removed;
}
