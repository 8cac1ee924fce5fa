//! Negative controls: each bug that can be planted in `hundi_app` is caught by the story named here.
//!
//! A suite that never fails proves nothing. Each pair runs in a process of its own, since switches are the process's:
//! the story must fail with its bug, as it must pass without it in this same binary.

use std::collections::BTreeSet;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The bug, and the story that fails with it.
const CAUGHT_BY: &[(&str, &str)] = &[
    ("accept_any_amount", "payments::amounts::another_amount_stands_in_suspense_and_the_order_is_unpaid"),
    ("accepted_is_processed", "refunds::slow::accepted_is_not_processed_for_days"),
    ("adopt_refund_twice", "refunds::adopted::it_is_adopted_once_and_lowers_what_is_left"),
    ("answer_before_store", "payments::walk::an_order_is_paid_by_webhook_and_refunded_in_part_and_whole"),
    (
        "adopted_and_forgotten",
        "refunds::adopted::one_that_takes_days_is_looked_after_though_its_messages_are_lost",
    ),
    ("any_answer_is_delivered", "deliveries::schedule::what_fails_is_tried_again_by_the_schedule"),
    ("any_master_key", "secrets::with_another_master_key_nothing_starts_and_nothing_is_written"),
    ("anybodys_webhook_secret", "notices::forged::without_the_right_proof_nothing_moves"),
    ("authorized_is_captured", "payments::manual::the_whole_is_captured_once_and_never_a_part"),
    ("cancel_paid_order", "payments::guard::a_paid_order_is_neither_paid_nor_cancelled_again"),
    ("cancel_while_capturing", "payments::manual::nothing_is_called_off_while_it_is_being_captured"),
    ("capture_of_a_part", "payments::manual::the_whole_is_captured_once_and_never_a_part"),
    ("capture_posts_twice", "payments::walk::an_order_is_paid_by_webhook_and_refunded_in_part_and_whole"),
    ("cross_tenant_read", "refunds::limits::another_merchants_payment_is_nobodys_here"),
    (
        "charged_as_often_as_asked",
        "methods::charge::silence_after_charging_charges_once_and_nothing_begins_beside_it",
    ),
    (
        "choices_asked_every_time",
        "methods::choices::banks_wallets_and_plans_are_the_providers_own_and_asked_for_seldom",
    ),
    ("dated_by_the_try", "payments::late::a_try_begun_before_the_cancel_and_approved_after_it_goes_back"),
    (
        "early_messages_dropped",
        "notices::early::a_message_that_comes_before_the_openings_answer_waits_for_it",
    ),
    (
        "endpoint_address_unchecked",
        "deliveries::addresses::closed_addresses_are_refused_at_registration_and_at_a_change",
    ),
    ("erased_customer_stays_in_orders", "methods::customers::an_erased_customer_leaves_ids_and_money_behind"),
    ("event_filter_ignored", "deliveries::endpoints::an_endpoint_hears_only_what_it_asked_for"),
    ("every_forgery_kept", "notices::forged::of_a_flood_of_forgeries_a_bounded_number_is_kept"),
    ("exchanges_keep_secrets", "secrets::exchanges_and_messages_are_kept_with_their_secrets_hidden"),
    ("expire_in_doubt", "payments::doubt::an_order_does_not_expire_while_a_payment_of_it_is_in_doubt"),
    (
        "failed_try_fails_payment",
        "payments::tries::a_failed_try_does_not_fail_the_payment_and_the_next_one_pays",
    ),
    ("forged_return_unrecorded", "payments::returns::a_wrong_signature_moves_nothing_and_is_recorded"),
    ("falls_back_in_doubt", "fallback::agreed::nothing_falls_back_while_the_order_is_in_doubt"),
    (
        "one_book_alone",
        "fallback::collects::it_takes_what_none_of_its_own_can_and_gives_it_back_in_part_and_whole",
    ),
    ("withdrawn_and_used", "fallback::agreed::taken_back_while_its_own_is_asked_it_is_not_used"),
    ("failover_on_unknown", "routing::what_may_have_been_done_goes_nowhere_else"),
    ("found_by_no_metadata", "lists::metadata::orders_payments_and_refunds_are_found_by_their_pairs"),
    ("forget_event", "payments::walk::an_order_is_paid_by_webhook_and_refunded_in_part_and_whole"),
    ("forget_ledger_entry", "payments::walk::an_order_is_paid_by_webhook_and_refunded_in_part_and_whole"),
    ("forget_watch_job", "payments::walk::without_any_webhook_the_poll_finds_the_money"),
    ("disabled_in_silence", "deliveries::failing::the_merchants_other_endpoints_hear_of_it_and_nobody_elses"),
    ("failing_for_ever", "deliveries::failing::five_days_without_a_success_end_it"),
    ("gone_is_tried_again", "deliveries::schedule::gone_is_gone_and_the_endpoint_is_disabled"),
    ("idempotency_ignores_body", "orders::idempotency::the_same_key_for_another_request_is_refused"),
    ("idempotency_not_stored", "orders::idempotency::every_verb_answers_a_repeat_byte_for_byte"),
    ("late_money_dropped", "payments::late::paid_after_the_session_ended_pays_an_order_that_is_still_open"),
    ("late_money_kept", "payments::late::paid_after_the_order_expired_goes_back_by_itself"),
    ("messages_settle_doubt", "payments::guard::an_older_message_does_not_settle_a_doubt"),
    ("new_ref_for_each_ask", "refunds::doubt::silence_after_giving_back_gives_back_once"),
    ("networks_ignored", "keys::a_key_ends_when_it_was_said_and_opens_only_where_it_was_said"),
    ("no_fencing", "deliveries::leases::a_late_worker_cannot_end_anothers_job"),
    ("no_in_doubt_guard", "payments::guard::no_second_payment_while_the_first_may_be_charged"),
    ("no_refund_reservation", "refunds::limits::parts_add_up_to_the_whole_and_no_further"),
    ("old_secret_for_ever", "notices::secrets::the_old_secret_verifies_for_two_days_and_no_longer"),
    ("others_stay_open", "payments::beside::a_late_success_is_accepted_and_the_other_is_voided"),
    ("part_not_noted", "payments::parts::a_part_pays_the_order_and_no_more_than_that_goes_back"),
    ("payers_ask_every_time", "methods::payer_page::a_provider_that_lists_nothing_keeps_no_payer_waiting"),
    ("order_not_kept", "deliveries::order::an_event_waits_for_earlier_ones_of_its_object_and_for_no_others"),
    ("on_its_way_and_sent_again", "deliveries::runs::what_is_on_its_way_is_not_sent_again_when_more_comes"),
    ("one_failure_gives_up", "deliveries::schedule::an_endpoint_that_was_down_for_days_gets_everything"),
    ("one_no_is_believed", "payments::doubt::one_no_is_not_believed"),
    ("rate_not_kept", "deliveries::rate::no_second_holds_more_than_the_rate_on_all_nodes_together"),
    ("reads_but_once", "deliveries::runs::however_much_is_due_all_of_it_goes"),
    ("redirect_is_success", "deliveries::schedule::a_redirect_a_silence_and_a_late_answer_are_failures"),
    ("refused_kept_raw", "notices::forged::of_what_a_stranger_writes_only_the_build_is_kept"),
    ("returns_unpaced", "limits::returns_are_paced_and_false_ones_fill_no_log"),
    ("refund_timeout_is_failure", "refunds::doubt::silence_after_giving_back_gives_back_once"),
    ("refund_window_ignored", "refunds::limits::after_half_a_year_nothing_is_refunded"),
    ("refused_capture_goes_on", "payments::manual::a_capture_that_was_refused_does_not_go_on"),
    (
        "reservation_never_released",
        "refunds::limits::without_balance_at_the_provider_it_fails_and_its_reservation_is_free",
    ),
    ("resend_not_written", "deliveries::resends::an_event_is_sent_again_under_its_own_id_and_written_down"),
    ("retry_after_ignored", "deliveries::schedule::a_pause_that_was_asked_for_is_kept_within_bounds"),
    ("retries_without_end", "payments::retry::three_retries_follow_the_first_and_no_more"),
    ("rotation_forgets_the_old", "deliveries::signatures::while_a_secret_is_changed_both_sign_for_a_day"),
    ("rounding_loses_a_paisa", "payments::walk::every_paisa_arrives_as_it_was_asked"),
    ("scopes_ignored", "keys::a_key_does_what_its_scopes_say_and_nothing_else"),
    ("sealed_for_any_row", "secrets::a_ciphertext_that_was_moved_opens_nothing"),
    (
        "settled_and_unasked",
        "settlements::a_refund_that_only_the_settlement_file_knows_is_asked_about_and_adopted_once",
    ),
    ("short_secret_accepted", "notices::forged::a_connection_without_a_secret_accepts_nothing"),
    ("skip_evidence_match", "payments::amounts::a_message_that_contradicts_itself_moves_nothing"),
    ("silence_is_well", "alarms::webhooks_that_went_silent_are_told_of_once_and_so_is_their_return"),
    ("sweep_reads_one_page", "sweeps::a_sweep_goes_on_where_it_stopped"),
    ("timeout_is_failure", "payments::doubt::a_timeout_is_not_a_failure"),
    ("trust_the_browser", "payments::returns::a_true_signature_is_only_a_cause_to_ask"),
    ("unheard_refund_unasked", "refunds::adopted::what_was_heard_of_is_asked_about_by_itself"),
    (
        "unsigned_deliveries",
        "deliveries::signatures::each_message_verifies_with_the_endpoints_own_secret_and_no_other",
    ),
    (
        "unknown_void_is_done",
        "payments::voids::a_void_that_nobody_answered_is_in_doubt_until_the_hold_is_gone",
    ),
    ("used_payments_used_again", "payments::amounts::a_payment_that_was_used_is_not_used_again"),
];

/// The suite's gate (SAFETY, negative controls).
const BUGS_MIN: usize = 25;
/// Stories take a second or two.
const PATIENCE: Duration = Duration::from_secs(120);
const AT_ONCE: usize = 2;

#[test]
fn every_planted_bug_is_caught_by_its_story() {
    // What is planted is the same on every engine: once is enough.
    if std::env::var("HUNDI_TEST_ENGINE").is_ok_and(|engine| engine != "sqlite") {
        return;
    }
    let left = Mutex::new(CAUGHT_BY.iter());
    let missed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = left.lock().expect("no thread panics").next();
                    let Some((bug, story)) = next else { break };
                    if let Err(why) = catches(bug, story) {
                        missed.lock().expect("no thread panics").push(format!("{bug} -> {story}: {why}"));
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().expect("no thread panics");
    assert!(missed.is_empty(), "not caught:\n{}", missed.join("\n"));
}

/// Runs one story with one bug. Fine when the story ran and failed.
fn catches(bug: &str, story: &str) -> Result<(), String> {
    let mut child = Command::new(std::env::current_exe().expect("a test binary has a path"))
        .args(["--exact", story, "--test-threads=1"])
        .env("HUNDI_PLANTED", bug)
        .env("RUST_BACKTRACE", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| e.to_string())?;
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            break status;
        }
        if started.elapsed() > PATIENCE {
            child.kill().map_err(|e| e.to_string())?;
            child.wait().map_err(|e| e.to_string())?;
            return Err("it never ended".into());
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let mut said = String::new();
    child.stdout.take().expect("it is piped").read_to_string(&mut said).map_err(|e| e.to_string())?;
    match () {
        () if !said.contains("running 1 test") => Err("there is no such story".into()),
        () if status.success() => Err("the story passes".into()),
        () if !said.contains("1 failed") => Err(format!("the story did not end: {said}")),
        () => Ok(()),
    }
}

/// Every switch in the source stands in the table, and every line of the table is a switch.
#[test]
fn the_table_is_complete() {
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../app/src");
    let mut planted = BTreeSet::new();
    collect(&source, &mut planted);
    let listed: BTreeSet<String> = CAUGHT_BY.iter().map(|(bug, _)| (*bug).to_owned()).collect();
    assert_eq!(planted, listed);
    assert_eq!(listed.len(), CAUGHT_BY.len(), "each once");
    assert!(listed.len() >= BUGS_MIN);
}

fn collect(folder: &std::path::Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("the source is there") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            collect(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("it is text");
        let calls = text.split("planted!(\"").skip(1).filter_map(|rest| rest.split('"').next());
        found.extend(calls.map(str::to_owned));
    }
}
