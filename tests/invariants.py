"""What must always hold, as queries that find each row in breach; one query a line, however long."""
# ruff: noqa: E501

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

from audit.actions import TAGS
from audit.models import Event, Payload
from audit.models.sql import ask
from audit.reads import canonical, payload_commitment
from reviews.reads.unmanned import ABLE

STANDING = """
    SELECT d.* FROM reviews_decision d LEFT JOIN reviews_withdrawal w
    ON w.task_id = d.task_id AND w.person_id = d.person_id AND w.attempt = d.attempt WHERE w.id IS NULL
"""
FACTS = {
    "reviews.prediction_received": "reviews_prediction",
    "reviews.claimed": "reviews_claim",
    "reviews.opened": "reviews_opening",
    "reviews.decision_submitted": "reviews_decision",
    "reviews.decision_withdrawn": "reviews_withdrawal",
    "reviews.acknowledged": "reviews_acknowledgement",
    "reviews.decision_returned": "reviews_withdrawal",
    "reviews.override_made": "reviews_override",
    "reviews.override_proposed": "reviews_override",
    "reviews.override_signed": "reviews_overrideend",
    "reviews.override_declined": "reviews_overrideend",
    "reviews.override_taken_back": "reviews_overrideend",
    "reviews.override_fell": "reviews_overrideend",
    "reviews.override_lapsed": "reviews_overrideend",
    "reviews.appeal_received": "reviews_appeal",
    "guidelines.card_published": "guidelines_modelcard",
    "guidelines.card_acknowledged": "guidelines_cardacknowledgement",
    "reviews.question_asked": "reviews_question",
    "reviews.question_ended": "reviews_questionend",
    "reviews.example_made": "reviews_itemexample",
    "accounts.signed": "accounts_signature",
    "guidelines.acknowledged": "guidelines_guidelineacknowledgement",
    "guidelines.reminded": "guidelines_guidelinereminder",
}
BREACHES = {
    "a project that shows another taxonomy than is in force": "SELECT p.id FROM accounts_project p LEFT JOIN guidelines_guidelinesetup g ON g.project_id = p.id LEFT JOIN guidelines_taxonomyterm t ON t.project_id = p.id AND t.began_at IS NOT NULL AND t.ended_at IS NULL WHERE COALESCE(g.taxonomy_id, 0) <> COALESCE(t.version_id, 0)",
    "a project that shows another guideline than is in force": "SELECT g.project_id FROM guidelines_guidelinesetup g JOIN accounts_project p ON p.id = g.project_id WHERE COALESCE(g.guideline_id, 0) <> COALESCE((SELECT t.version_id FROM guidelines_guidelineterm t WHERE t.project_id = p.id AND t.began_at IS NOT NULL AND t.ended_at IS NULL AND t.language = p.language), (SELECT t.version_id FROM guidelines_guidelineterm t WHERE t.project_id = p.id AND t.began_at IS NOT NULL AND t.ended_at IS NULL ORDER BY t.language LIMIT 1), 0)",
    "a further prediction of the version that routed": "SELECT f.id FROM reviews_prediction f JOIN reviews_prediction r ON r.item_id = f.item_id AND r.purpose = 'route' AND r.model_version_id = f.model_version_id WHERE f.purpose <> 'route'",
    "a claim leased on two seats": "SELECT claim_id FROM reviews_seat WHERE state = 'leased' GROUP BY claim_id HAVING count(*) > 1",
    "a person with two seats of a task": "SELECT task_id FROM reviews_seat WHERE state IN ('leased', 'decided') GROUP BY task_id, person_id HAVING count(*) > 1",
    "a person in two apart tasks of an item": "SELECT item_id FROM reviews_seat WHERE apart AND state IN ('leased', 'decided') GROUP BY item_id, person_id HAVING count(*) > 1",
    "two standing decisions of a person on a task": f"SELECT task_id FROM ({STANDING}) x GROUP BY task_id, person_id HAVING count(*) > 1",
    "a standing decision without its seat": f"SELECT d.id FROM ({STANDING}) d LEFT JOIN reviews_seat s ON s.claim_id = d.claim_id AND s.state = 'decided' AND s.person_id = d.person_id WHERE s.id IS NULL",
    "a decided seat without its decision": f"SELECT s.id FROM reviews_seat s LEFT JOIN ({STANDING}) d ON d.claim_id = s.claim_id WHERE s.state = 'decided' AND d.id IS NULL",
    "a decision under a claim never opened": "SELECT d.id FROM reviews_decision d LEFT JOIN reviews_opening o ON o.claim_id = d.claim_id WHERE o.claim_id IS NULL",
    "an open task that nobody can finish": "SELECT t.id FROM reviews_task t WHERE t.state = 'open' AND NOT EXISTS (SELECT 1 FROM reviews_seat s WHERE s.task_id = t.id AND s.state IN ('open', 'leased'))",
    "a closed task with an open seat": "SELECT s.id FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id WHERE t.state <> 'open' AND s.state = 'open'",
    "a held item without a reason": "SELECT i.id FROM reviews_item i WHERE i.state = 'held' AND NOT EXISTS (SELECT 1 FROM reviews_route r WHERE r.item_id = i.id AND r.arm = 'hold' AND r.number = (SELECT max(x.number) FROM reviews_route x WHERE x.item_id = i.id)) AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.type = 'reviews.item_held' AND replace(e.stream, 'item/', '') = {uuid})",
    "an expired item with somebody at work": "SELECT s.id FROM reviews_seat s JOIN reviews_item i ON i.id = s.item_id WHERE i.state = 'expired' AND s.state IN ('open', 'leased')",
    "an expired item with a live outcome": "SELECT i.id FROM reviews_item i JOIN reviews_outcome o ON o.item_id = i.id AND o.annulled_at IS NULL WHERE i.state = 'expired'",
    "an expired item without its event": "SELECT i.id FROM reviews_item i WHERE i.state = 'expired' AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.type = 'reviews.item_expired' AND replace(e.stream, 'item/', '') = {uuid})",
    "two open tasks that would settle one item": "SELECT t.item_id FROM reviews_task t WHERE t.state = 'open' AND t.kind IN ('work', 'learning', 'escalation', 'adjudication') GROUP BY t.item_id HAVING count(*) > 1",
    "an escalation no higher than what it came out of": "SELECT t.id FROM reviews_task t JOIN reviews_queue q ON q.id = t.queue_id JOIN reviews_task b ON b.id = t.after_id JOIN reviews_queue l ON l.id = b.queue_id WHERE t.kind = 'escalation' AND q.level <= l.level",
    "a deadline to come of an item without one": "SELECT i.id FROM reviews_item i WHERE i.deadline_at IS NOT NULL AND i.decide_by IS NULL",
    "a deadline to come of an item whose model's answer stands": "SELECT i.id FROM reviews_item i WHERE i.deadline_at IS NOT NULL AND i.state = 'accepted'",
    "a deadline that passed twice": "SELECT e.stream FROM audit_event e WHERE e.type = 'reviews.deadline_passed' GROUP BY e.stream HAVING count(*) > 1",
    "a deadline that passed of an item without one": "SELECT e.id FROM audit_event e WHERE e.type = 'reviews.deadline_passed' AND NOT EXISTS (SELECT 1 FROM reviews_item i WHERE i.decide_by IS NOT NULL AND replace(e.stream, 'item/', '') = {uuid})",
    "an item that waits for nothing": "SELECT i.id FROM reviews_item i WHERE i.state = 'open' AND NOT EXISTS (SELECT 1 FROM reviews_task t WHERE t.item_id = i.id AND t.state = 'open')",
    "a held item with an open task": "SELECT i.id FROM reviews_item i JOIN reviews_task t ON t.item_id = i.id WHERE i.state = 'held' AND t.state = 'open'",
    "a decided item without an outcome": "SELECT i.id FROM reviews_item i WHERE i.state IN ('decided', 'accepted') AND NOT EXISTS (SELECT 1 FROM reviews_outcome o WHERE o.item_id = i.id AND o.annulled_at IS NULL)",
    "an open item with an outcome": "SELECT i.id FROM reviews_item i JOIN reviews_outcome o ON o.item_id = i.id AND o.annulled_at IS NULL WHERE i.state = 'open'",
    "a held item with a live outcome": "SELECT i.id FROM reviews_item i JOIN reviews_outcome o ON o.item_id = i.id AND o.annulled_at IS NULL WHERE i.state = 'held'",
    "a withdrawn item with a live outcome": "SELECT i.id FROM reviews_item i JOIN reviews_outcome o ON o.item_id = i.id AND o.annulled_at IS NULL WHERE i.state = 'withdrawn'",
    "a withdrawn item with an open task": "SELECT i.id FROM reviews_item i JOIN reviews_task t ON t.item_id = i.id WHERE i.state = 'withdrawn' AND t.state = 'open'",
    "a withdrawn item with a seat that somebody holds": "SELECT i.id FROM reviews_item i JOIN reviews_task t ON t.item_id = i.id JOIN reviews_seat s ON s.task_id = t.id WHERE i.state = 'withdrawn' AND s.state IN ('open', 'leased')",
    "withdrawals of items that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM reviews_item WHERE state = 'withdrawn') <> (SELECT count(*) FROM audit_event WHERE type = 'reviews.item_withdrawn')",
    "an outcome that supersedes none before it": "SELECT o.id FROM reviews_outcome o WHERE o.supersedes IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reviews_outcome p WHERE p.item_id = o.item_id AND p.number = o.supersedes AND p.number < o.number)",
    "a later live outcome that supersedes none": "SELECT o.id FROM reviews_outcome o WHERE o.annulled_at IS NULL AND o.supersedes IS NULL AND EXISTS (SELECT 1 FROM reviews_outcome p WHERE p.item_id = o.item_id AND p.annulled_at IS NULL AND p.number < o.number)",
    "positions with a gap": "SELECT project_id FROM reviews_outcome WHERE position IS NOT NULL GROUP BY project_id HAVING max(position) <> count(*)",
    "a feed that is off": "SELECT f.project_id FROM reviews_feed f WHERE f.next_position - 1 <> (SELECT count(*) FROM reviews_outcome o WHERE o.project_id = f.project_id AND o.position IS NOT NULL)",
    "two live outcomes of a task": "SELECT task_id FROM reviews_outcome WHERE task_id IS NOT NULL AND annulled_at IS NULL GROUP BY task_id HAVING count(*) > 1",
    "a claim with no end and no lease": "SELECT c.id FROM reviews_claim c WHERE NOT EXISTS (SELECT 1 FROM reviews_seat s WHERE s.claim_id = c.id AND s.state = 'leased') AND NOT EXISTS (SELECT 1 FROM reviews_decision d WHERE d.claim_id = c.id) AND NOT EXISTS (SELECT 1 FROM reviews_claimend e WHERE e.claim_id = c.id)",
    "a claim with two ends": "SELECT d.id FROM reviews_decision d JOIN reviews_claimend e ON e.claim_id = d.claim_id",
    "a person who judged their own work": "SELECT s.id FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id AND t.kind IN ('adjudication', 'escalation', 'appeal') JOIN reviews_seat o ON o.item_id = s.item_id AND o.task_id <> s.task_id AND o.person_id = s.person_id AND o.state IN ('leased', 'decided') WHERE s.state IN ('leased', 'decided')",
    "a returned decision whose author returned it": "SELECT id FROM reviews_withdrawal WHERE returned_by_id = person_id",
    "a return that nobody was asked to settle by": "SELECT w.id FROM reviews_withdrawal w JOIN reviews_task t ON t.id = w.task_id WHERE w.returned_by_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reviews_task a JOIN reviews_claim c ON c.task_id = a.id WHERE a.after_id = t.id AND a.kind = 'adjudication' AND c.person_id = w.returned_by_id AND c.claimed_at <= w.withdrawn_at)",
    "a return without its onlooker": "SELECT w.id FROM reviews_withdrawal w WHERE w.returned_by_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM reviews_onlooker o WHERE o.task_id = w.task_id AND o.person_id = w.returned_by_id)",
    "an onlooker on a seat of the task": "SELECT s.id FROM reviews_seat s JOIN reviews_onlooker o ON o.task_id = s.task_id AND o.person_id = s.person_id WHERE s.state IN ('leased', 'decided')",
    "a kept seat with somebody else on it too early": "SELECT s.id FROM reviews_seat s JOIN reviews_claim c ON c.id = s.claim_id WHERE s.kept_for_id IS NOT NULL AND s.person_id <> s.kept_for_id AND c.claimed_at < s.kept_until",
    "an adjudication beside a rework": "SELECT t.id FROM reviews_task t JOIN reviews_task a ON a.after_id = t.id AND a.kind = 'adjudication' AND a.state = 'open' WHERE t.state = 'open'",
    "returns and put-off adjudications that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM reviews_withdrawal WHERE returned_by_id IS NOT NULL) <> (SELECT count(*) FROM audit_event WHERE type = 'reviews.adjudication_put_off')",
    "an outcome put aside by nobody": "SELECT o.id FROM reviews_outcome o WHERE o.source = 'override' AND NOT EXISTS (SELECT 1 FROM reviews_overrideend x WHERE x.outcome_id = o.id)",
    "an override without its end or its second": "SELECT v.id FROM reviews_override v LEFT JOIN reviews_overrideend x ON x.override_id = v.id WHERE NOT v.second AND (x.how IS NULL OR x.how <> 'done')",
    "an override signed by the first, or by nobody": "SELECT v.id FROM reviews_override v JOIN reviews_overrideend x ON x.override_id = v.id WHERE v.second AND x.how = 'done' AND (x.person_id IS NULL OR x.signature_id IS NULL OR x.person_id = v.person_id)",
    "an override taken back by another than its first": "SELECT x.override_id FROM reviews_overrideend x JOIN reviews_override v ON v.id = x.override_id WHERE x.how = 'taken_back' AND (x.person_id IS NULL OR x.person_id <> v.person_id)",
    "ends of overrides without their event": "SELECT x.override_id FROM reviews_overrideend x JOIN audit_event e ON e.id = x.event_id WHERE x.how <> 'done' AND e.type <> 'reviews.override_' || x.how",
    "an override by somebody who decided": "SELECT v.id FROM reviews_override v JOIN reviews_overrideend x ON x.override_id = v.id JOIN reviews_task t ON t.item_id = v.item_id JOIN reviews_decision d ON d.task_id = t.id WHERE x.how = 'done' AND (d.person_id = v.person_id OR d.person_id = x.person_id)",
    "an override by whoever returned a decision": "SELECT v.id FROM reviews_override v JOIN reviews_overrideend x ON x.override_id = v.id JOIN reviews_task t ON t.item_id = v.item_id JOIN reviews_withdrawal w ON w.task_id = t.id WHERE x.how = 'done' AND w.withdrawn_at < x.ended_at AND w.returned_by_id IN (v.person_id, x.person_id)",
    "a signature of another record": "SELECT v.id FROM reviews_override v JOIN reviews_overrideend x ON x.override_id = v.id JOIN accounts_signature a ON a.id = v.signature_id LEFT JOIN accounts_signature b ON b.id = x.signature_id WHERE a.digest <> v.digest OR b.digest <> v.digest OR a.person_id <> v.person_id OR b.person_id <> x.person_id",
    "a notice to sign one's own proposal": "SELECT n.id FROM reviews_notice n JOIN reviews_override v ON v.id = n.override_id WHERE n.person_id = v.person_id",
    "a notice of another's returned decision": "SELECT n.id FROM reviews_notice n WHERE n.why = 'returned' AND NOT EXISTS (SELECT 1 FROM reviews_withdrawal w WHERE w.event_id = n.event_id AND w.person_id = n.person_id)",
    "a notice of another item than its task's": "SELECT n.id FROM reviews_notice n JOIN reviews_task t ON t.id = n.task_id WHERE t.item_id <> n.item_id OR t.queue_id <> n.queue_id",
    "a notice that waits in no postbox": "SELECT n.id FROM reviews_notice n WHERE n.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM reviews_postbox b WHERE b.person_id = n.person_id AND b.next_at IS NOT NULL)",
    "an override over another than the one it followed": "SELECT o.id FROM reviews_outcome o JOIN reviews_overrideend x ON x.outcome_id = o.id JOIN reviews_override v ON v.id = x.override_id JOIN reviews_outcome p ON p.id = v.over_id WHERE o.item_id <> v.item_id OR o.supersedes <> p.number OR p.released_at IS NULL",
    "an appeal heard by somebody who had a part": "SELECT s.id FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id AND t.kind = 'appeal' JOIN reviews_claim c ON c.id = s.claim_id JOIN reviews_involvement v ON v.item_id = s.item_id AND v.person_id = s.person_id AND v.event_id < c.event_id",
    "an appeal heard by whoever returned a decision": "SELECT s.id FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id AND t.kind = 'appeal' JOIN reviews_task w ON w.item_id = s.item_id JOIN reviews_withdrawal r ON r.task_id = w.id AND r.returned_by_id = s.person_id",
    "an appeal heard by whoever acknowledged its item": "SELECT s.id FROM reviews_seat s JOIN reviews_task t ON t.id = s.task_id AND t.kind = 'appeal' JOIN reviews_task w ON w.item_id = s.item_id AND w.id < t.id JOIN reviews_acknowledgement a ON a.task_id = w.id AND a.person_id = s.person_id",
    "an appeal without its task": "SELECT t.id FROM reviews_task t LEFT JOIN reviews_appeal a ON a.task_id = t.id WHERE (t.kind = 'appeal') <> (a.id IS NOT NULL)",
    "two appeals heard at once": "SELECT t.item_id FROM reviews_task t WHERE t.kind = 'appeal' AND t.state = 'open' GROUP BY t.item_id HAVING count(*) > 1",
    "an audit over what was put aside": "SELECT o.id FROM reviews_outcome o JOIN reviews_outcome p ON p.item_id = o.item_id AND p.number = o.supersedes WHERE o.annulled_at IS NULL AND o.source = 'audit' AND p.source IN ('override', 'appeal')",
    "a batch of nothing": "SELECT b.id FROM reviews_batch b WHERE NOT EXISTS (SELECT 1 FROM reviews_claim c WHERE c.batch_id = b.id)",
    "a batch of two people": "SELECT c.id FROM reviews_claim c JOIN reviews_batch b ON b.id = c.batch_id WHERE c.person_id <> b.person_id",
    "a batch with what may be in none": "SELECT c.id FROM reviews_claim c JOIN reviews_task t ON t.id = c.task_id JOIN reviews_item i ON i.id = t.item_id JOIN reviews_batch b ON b.id = c.batch_id WHERE t.kind <> 'work' OR i.impact <> 'normal' OR t.queue_id <> b.queue_id",
    "a version in force before its day": "SELECT t.id FROM guidelines_guidelineterm t WHERE t.began_at < t.starts_at",
    "a version that ended before it began": "SELECT t.id FROM guidelines_guidelineterm t WHERE t.ended_at < t.began_at",
    "a guideline in force in the project's language on other labels than those in force": "SELECT t.id FROM guidelines_guidelineterm t JOIN accounts_project p ON p.id = t.project_id AND p.language = t.language JOIN guidelines_guidelineversion v ON v.id = t.version_id JOIN guidelines_taxonomyterm x ON x.project_id = p.id AND x.began_at IS NOT NULL AND x.ended_at IS NULL WHERE t.began_at IS NOT NULL AND t.ended_at IS NULL AND v.taxonomy_id <> x.version_id",
    "a claim under a guideline that its person had not acknowledged": "SELECT c.id FROM reviews_claim c JOIN reviews_presentation ps ON ps.claim_id = c.id JOIN guidelines_guidelineversion gv ON gv.id = ps.guideline_id WHERE gv.to_acknowledge AND NOT EXISTS (SELECT 1 FROM guidelines_guidelineacknowledgement ak WHERE ak.version_id = gv.id AND ak.person_id = c.person_id AND ak.acknowledged_at <= c.claimed_at)",
    "a claim under a card that its person had not acknowledged": "SELECT c.id FROM reviews_claim c JOIN reviews_presentation ps ON ps.claim_id = c.id JOIN guidelines_modelcard mc ON mc.id = ps.card_id WHERE mc.asks AND NOT EXISTS (SELECT 1 FROM guidelines_cardacknowledgement ka WHERE ka.card_id = mc.id AND ka.person_id = c.person_id AND ka.acknowledged_at <= c.claimed_at)",
    "a claim under a card of another model version": "SELECT ps.claim_id FROM reviews_presentation ps JOIN reviews_claim c ON c.id = ps.claim_id JOIN reviews_seat s ON s.id = c.seat_id JOIN guidelines_modelcard mc ON mc.id = ps.card_id WHERE NOT EXISTS (SELECT 1 FROM reviews_prediction p WHERE p.item_id = s.item_id AND p.purpose = 'route' AND p.model_version_id = mc.model_id)",
    "a card that was not in force at its claim": "SELECT ps.claim_id FROM reviews_presentation ps JOIN reviews_claim c ON c.id = ps.claim_id JOIN guidelines_modelcard mc ON mc.id = ps.card_id WHERE c.claimed_at < mc.published_at OR c.claimed_at > mc.ended_at",
    "card endings that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM guidelines_modelcard WHERE reason IS NOT NULL) <> (SELECT count(*) FROM audit_event WHERE type = 'guidelines.card_retired')",
    "an acknowledgement by a quiz that its person did not pass": "SELECT a.id FROM guidelines_guidelineacknowledgement a JOIN guidelines_quizattempt q ON q.id = a.attempt_id WHERE q.passed IS NOT TRUE OR q.person_id <> a.person_id OR q.version_id <> a.version_id",
    "a passed quiz without its acknowledgement": "SELECT q.id FROM guidelines_quizattempt q WHERE q.passed AND NOT EXISTS (SELECT 1 FROM guidelines_guidelineacknowledgement a WHERE a.attempt_id = q.id)",
    "quizzes begun that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM guidelines_quizattempt) <> (SELECT count(*) FROM audit_event WHERE type = 'guidelines.quiz_begun')",
    "quizzes answered that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM guidelines_quizattempt WHERE answered_at IS NOT NULL) <> (SELECT count(*) FROM audit_event WHERE type = 'guidelines.quiz_answered')",
    "a question numbered past those before it": "SELECT q.id FROM reviews_question q WHERE q.number <> (SELECT count(*) FROM reviews_question o WHERE o.project_id = q.project_id AND o.id <= q.id)",
    "a question on an item of another project": "SELECT q.id FROM reviews_question q JOIN reviews_item i ON i.id = q.item_id WHERE i.project_id <> q.project_id",
    "a question on another project's guideline": "SELECT q.id FROM reviews_question q JOIN guidelines_guidelineversion g ON g.id = q.guideline_id WHERE g.project_id <> q.project_id",
    "a question taken back by another than asked it": "SELECT q.id FROM reviews_question q JOIN reviews_questionend e ON e.question_id = q.id WHERE e.how = 'withdrawn' AND e.person_id <> q.person_id",
    "a question covered by another project's version": "SELECT q.id FROM reviews_question q JOIN reviews_questionend e ON e.question_id = q.id JOIN guidelines_guidelineversion g ON g.id = e.version_id WHERE g.project_id <> q.project_id",
    "a person with more open questions than they may have": "SELECT q.person_id FROM reviews_question q LEFT JOIN reviews_questionend e ON e.question_id = q.id WHERE e.question_id IS NULL GROUP BY q.project_id, q.person_id HAVING count(*) > 20",
    "an example of an item without a consent that stood then": "SELECT x.id FROM reviews_itemexample x JOIN reviews_consent c ON c.id = x.consent_id WHERE c.given_at IS NULL OR c.given_at > x.made_at OR c.ended_at < x.made_at OR c.project_id <> x.project_id",
    "a consent for an item of another project": "SELECT c.id FROM reviews_consent c JOIN reviews_item i ON i.id = c.item_id WHERE c.project_id <> i.project_id",
    "consents asked that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM reviews_consent) <> (SELECT count(*) FROM audit_event WHERE type = 'reviews.consent_asked')",
    "consents given that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM reviews_consent WHERE given_at IS NOT NULL) <> (SELECT count(*) FROM audit_event WHERE type = 'reviews.consent_given')",
    "consents ended that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM reviews_consent WHERE ended_at IS NOT NULL) <> (SELECT count(*) FROM audit_event WHERE type IN ('reviews.consent_declined', 'reviews.consent_withdrawn'))",
    "a person in two batches": "SELECT s.person_id FROM reviews_seat s JOIN reviews_claim c ON c.id = s.claim_id WHERE s.place IS NOT NULL GROUP BY s.person_id HAVING count(DISTINCT c.batch_id) > 1",
    "a place without a batch, or a batch without a place": "SELECT s.id FROM reviews_seat s JOIN reviews_claim c ON c.id = s.claim_id WHERE s.state = 'leased' AND (s.place IS NULL) <> (c.batch_id IS NULL)",
    "a decision in another mode than its claim": "SELECT d.id FROM reviews_decision d JOIN reviews_claim c ON c.id = d.claim_id WHERE (d.mode = 'batch') <> (c.batch_id IS NOT NULL)",
    "a seat left for single review in a batch": "SELECT s.id FROM reviews_seat s WHERE s.single AND s.place IS NOT NULL",
    "an event that neither waits nor has a place, or both": "SELECT e.id FROM audit_event e LEFT JOIN audit_pending p ON p.event_id = e.id LEFT JOIN audit_leaf l ON l.event_id = e.id WHERE (p.event_id IS NULL) = (l.event_id IS NULL)",
    "a place that is not its log's, or with another hash": "SELECT l.id FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id WHERE l.log_id <> e.log_id OR l.leaf_hash <> e.leaf_hash",
    "places with a gap": "SELECT g.id FROM audit_log g WHERE g.tree_size <> (SELECT count(*) FROM audit_leaf l WHERE l.log_id = g.id) OR g.tree_size <> (SELECT COALESCE(max(l.log_index), -1) + 1 FROM audit_leaf l WHERE l.log_id = g.id)",
    "an item without its one receipt": "SELECT i.id FROM reviews_item i LEFT JOIN audit_event e ON e.stream LIKE 'item/%%' AND e.sseq = 1 AND e.type = 'reviews.item_received' AND replace(e.stream, 'item/', '') = {uuid} WHERE e.id IS NULL",
    "receipts and items that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM reviews_item) <> (SELECT count(*) FROM audit_event WHERE type = 'reviews.item_received')",
    "settlings and outcomes that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM reviews_outcome WHERE source <> 'model') <> (SELECT count(*) FROM audit_event WHERE type = 'reviews.outcome_settled')",
    "releases and positions that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM reviews_outcome WHERE source <> 'model' AND released_at IS NOT NULL) <> (SELECT count(*) FROM audit_event WHERE type = 'reviews.outcome_released')",
    "annulments that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM reviews_outcome WHERE annulled_at IS NOT NULL) <> (SELECT count(*) FROM audit_event WHERE type = 'reviews.outcome_annulled')",
    "ends that differ in number": "SELECT 1 AS n WHERE (SELECT count(*) FROM reviews_claimend) <> (SELECT count(*) FROM audit_event WHERE type IN ('reviews.claim_lapsed', 'reviews.claim_returned', 'reviews.claim_left', 'reviews.claim_ended', 'reviews.claim_taken_back'))",
}  # fmt: skip


def breaches() -> list[str]:
    """Name every invariant that does not hold now, streams and leaves included."""
    from django.db import connection

    uuid = "CAST(i.uuid AS text)" if connection.vendor == "postgresql" else (
        "substr(i.uuid,1,8)||'-'||substr(i.uuid,9,4)||'-'||substr(i.uuid,13,4)||'-'||substr(i.uuid,17,4)||'-'||substr(i.uuid,21)"
    )  # fmt: skip
    found = [f"{name}: {rows[:3]}" for name, sql in BREACHES.items() if (rows := ask(sql.replace("{uuid}", uuid)))]
    for kind, table in FACTS.items():
        sql = f"SELECT e.id FROM audit_event e LEFT JOIN {table} f ON f.event_id = e.id WHERE e.type = %s AND f.event_id IS NULL"
        if ask(sql, [kind]):
            found.append(f"{kind} without its fact")
    return found + _findings() + _cards() + _counts() + _streams()


def stuck(at: dt.datetime) -> list[str]:
    """Name each task that went up, or to adjudication, and that nobody may take; for towns that nobody leaves."""
    able = ABLE.format(lane="s.lane_id", item="s.item_id", task="s.task_id")
    rows = ask(
        "SELECT t.uuid, t.kind FROM reviews_task t JOIN reviews_item i ON i.id = t.item_id WHERE t.state = 'open' "
        "AND i.state = 'open' AND t.kind IN ('escalation', 'adjudication') AND NOT EXISTS (SELECT 1 FROM reviews_seat s "
        f"WHERE s.task_id = t.id AND (s.state = 'leased' OR s.state = 'open' AND EXISTS ({able})))",
        [at, at],
    )
    return [f"{row.kind} {row.uuid} waits where nobody may take it" for row in rows]


def _findings() -> list[str]:
    """Name each task of which two findings stand side by side, and each annulment of what was never found."""
    standing: dict[str, str] = {}
    found = []
    told = Event.objects.filter(type__startswith="reviews.audit_").order_by("stream", "sseq")
    for event in told:
        audit = json.loads(bytes(Payload.objects.get(event=event, section="audit").body))
        before = standing.pop(audit["task"], None)
        if event.type == "reviews.audit_recorded":
            found += [f"two findings of {audit['task']}"] if before else []
            standing[audit["task"]] = str(event.event_id)
        elif before != audit["event"]:
            found.append(f"an annulment of no finding of {audit['task']}")
    return found


def _cards() -> list[str]:
    """Name each presentation whose card is another one than its manifest says, or that tells a share of a hidden one."""
    found = []
    sql = "SELECT ps.claim_id, ps.manifest, mc.digest FROM reviews_presentation ps LEFT JOIN guidelines_modelcard mc ON mc.id = ps.card_id"
    for row in ask(sql):
        told = json.loads(bytes(row.manifest))
        if told["model_card"] != row.digest:
            found.append(f"another card than claim {row.claim_id} says")
        if told["prediction"] == "hidden" and (told["model_card"] or "changed" in told):
            found.append(f"claim {row.claim_id} hides the proposal and shows what is written of its model")
        if "changed" in told and not told["confidence"]:
            found.append(f"claim {row.claim_id} hides how sure the model was and tells how often it was changed")
    return found


def _counts() -> list[str]:
    """Name what was counted of audits and is not what the ledger tells, as far as it was walked."""
    told = {}
    sql = """SELECT e.type, e.stream, p.body FROM reviews_auditwalk w JOIN audit_leaf l ON l.log_id = w.log_id AND l.log_index < w.log_index
        JOIN audit_event e ON e.id = l.event_id JOIN audit_payload p ON p.event_id = e.id AND p.section = 'audit'
        WHERE e.type LIKE 'reviews.audit_%%' ORDER BY l.log_id, l.log_index"""
    for row in ask(sql):
        audit = json.loads(bytes(row.body))
        told[audit["task"]] = audit["finding"] if row.type == "reviews.audit_recorded" else None
    standing = {
        str(row.uuid): row
        for row in ask(
            "SELECT t.uuid, t.kind, t.after_id, f.changed, f.counts_at, f.model_id, f.label, f.band, f.pi FROM reviews_auditfinding f JOIN reviews_task t ON t.id = f.task_id"
        )
    }
    found = [
        f"a finding of {task} that the ledger does not tell"
        for task, row in standing.items()
        if told.get(task) != ("differs" if row.changed else "agrees")
    ]
    audits = {str(row.uuid) for row in ask("SELECT uuid FROM reviews_task WHERE kind = 'audit' AND after_id IS NULL")}
    found += [
        f"no row of the audit {task}"
        for task in audits
        if told.get(task) in {"agrees", "differs"} and task not in standing
    ]
    for sheet in ask("SELECT model_id, body, counted_at FROM reviews_audited WHERE counted_at IS NOT NULL"):
        cells: dict[tuple[str, int, str], list[int]] = {}
        for row in standing.values():
            if row.model_id == sheet.model_id and row.counts_at <= sheet.counted_at:
                cell = cells.setdefault((row.label, row.band, row.pi), [0, 0])
                cell[0] += 1
                cell[1] += bool(row.changed)
        if json.loads(bytes(sheet.body))["cells"] != [[*key, *cell] for key, cell in sorted(cells.items())]:
            found.append(f"another count of model version {sheet.model_id} than its findings give")
    return found


MEMBERS = {"v", "log", "id", "ts", "type", "actor", "role", "via", "proj", "tags", "stream", "sseq", "sprev", "pay"}
WAYS = {"browser", "api", "command", "clock"}
TAGGED = {"reviews.claimed", "reviews.opened", "reviews.decision_submitted"}


def _leaf_faults(event: Event, leaf: dict[str, Any]) -> list[str]:
    """Name what a leaf says that its event does not, or what it leaves out; ledger.md section 2."""
    if leaf.keys() != MEMBERS:
        return [f"members {sorted(leaf.keys() ^ MEMBERS)}"]
    at = event.recorded_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    said = {
        "v": (leaf["v"], 1),
        "log": (leaf["log"], event.log.origin),
        "id": (leaf["id"], str(event.event_id)),
        "ts": (leaf["ts"], at),
        "proj": (leaf["proj"], str(event.project) if event.project else None),
        "tags": (leaf["tags"].keys(), set(TAGS)),
        **{name: (leaf[name], getattr(event, name)) for name in ("type", "actor", "stream", "sseq")},
    }
    faults = [f"{name} {told!r} is not {fact!r}" for name, (told, fact) in said.items() if told != fact]
    if leaf["via"] not in WAYS:
        faults.append(f"via {leaf['via']!r}")
    if event.type.startswith("reviews.") and leaf["role"] is None:
        faults.append("no role")
    if event.type in TAGGED:
        faults += [f"no tag {tag}" for tag in ("item", "queue", "rights", "kind") if leaf["tags"].get(tag) is None]
    return faults


def _streams() -> list[str]:
    found: list[str] = []
    ends: dict[str, tuple[int, bytes | None]] = {}
    payloads: dict[int, dict[str, Any]] = {}
    for row in Payload.objects.all():
        payloads.setdefault(row.event_id, {})[row.section] = payload_commitment(
            row.section, bytes(row.salt), bytes(row.body)
        ).hex()
    for event in Event.objects.select_related("log").order_by("stream", "sseq"):
        raw = bytes(event.leaf)
        leaf = json.loads(raw)
        number, before = ends.get(event.stream, (0, None))
        right = (
            canonical(leaf) == raw
            and hmac.compare_digest(hashlib.sha256(b"\0" + raw).digest(), bytes(event.leaf_hash))
            and event.sseq == number + 1
            and leaf.get("sprev", "") == (before.hex() if before else None)
            and leaf.get("pay") == payloads.get(event.pk, {})
        )
        found += [f"{event.type} {event.stream} {event.sseq}: {fault}" for fault in _leaf_faults(event, leaf)]
        if not right:
            found.append(f"the leaf of {event.type} {event.stream} {event.sseq}")
        ends[event.stream] = (event.sseq, bytes(event.leaf_hash))
    for table, kind in (("reviews_item", "item"), ("reviews_task", "task")):
        rows = ask(f"SELECT uuid, sseq, head FROM {table} WHERE sseq > 0")
        found += [
            f"the head of {kind}/{row.uuid}" for row in rows if ends.get(f"{kind}/{row.uuid}") != (row.sseq, row.head)
        ]
    return found
