//! `/webhooks`, and the messages that endpoints get.

use docket_contract::shapes::account::{Replayed, WebhookDeleted};
use docket_contract::webhook::EventType;
use docket_contract::wire::webhooks::{
    DeliveryDetail, DeliveryDocument, DeliveryList, EventBody, WebhookDocument, WebhookList,
};
use serde_json::{Value, json};

use super::fault::Fault;
use super::operation::Operation;
use super::schemas::Schemas;

pub(crate) const TAG: &str = "Webhooks";

const ENDPOINT: &str = "/webhooks/{webhook_id}";

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let mut all = endpoints(schemas);
    all.extend(deliveries(schemas));
    all
}

fn endpoints(schemas: &mut Schemas) -> Vec<Operation> {
    vec![
        Operation::new("get", "/webhooks", TAG, "listWebhooks", "Endpoints of the account")
            .answer(200, "The endpoints.", schemas.of::<WebhookList>())
            .curl("curl \"$DOCKET_URL/webhooks\" -H \"api-key: $DOCKET_API_KEY\""),
        Operation::new("post", "/webhooks", TAG, "createWebhook", "Create an endpoint")
            .text("The response has the endpoint's `secret`, which is never shown again.")
            .takes_json(endpoint_schema(&["url"]), true)
            .answer(201, "The endpoint.", schemas.of::<WebhookDocument>())
            .faults(&[Fault::BadRequest, Fault::Invalid])
            .curl("curl \"$DOCKET_URL/webhooks\" -H \"api-key: $DOCKET_API_KEY\" --json '{\"url\":\"https://example.org/hook\"}'"),
        of_endpoint("get", ENDPOINT, "getWebhook", "An endpoint")
            .answer(200, "The endpoint.", schemas.of::<WebhookDocument>())
            .curl("curl \"$DOCKET_URL/webhooks/$WEBHOOK_ID\" -H \"api-key: $DOCKET_API_KEY\""),
        of_endpoint("patch", ENDPOINT, "changeWebhook", "Change an endpoint")
            .text("Absent fields stay as they are. `enabled` switches the endpoint on and off.")
            .takes_json(endpoint_schema(&[]), true)
            .answer(200, "The endpoint.", schemas.of::<WebhookDocument>())
            .fault(Fault::Invalid)
            .curl("curl -X PATCH \"$DOCKET_URL/webhooks/$WEBHOOK_ID\" -H \"api-key: $DOCKET_API_KEY\" --json '{\"enabled\":false}'"),
        of_endpoint("delete", ENDPOINT, "deleteWebhook", "Delete an endpoint")
            .text("Also deletes its log and its pending messages.")
            .answer(200, "The endpoint is deleted.", schemas.of::<WebhookDeleted>())
            .curl("curl -X DELETE \"$DOCKET_URL/webhooks/$WEBHOOK_ID\" -H \"api-key: $DOCKET_API_KEY\""),
        of_endpoint("post", "/webhooks/{webhook_id}/rotate-secret", "rotateSecret", "A new secret")
            .text("For a limited time, messages are also signed with the previous secret.")
            .takes_json(overlap_schema(), false)
            .answer(200, "The endpoint with its new secret.", schemas.of::<WebhookDocument>())
            .fault(Fault::Invalid)
            .curl("curl -X POST \"$DOCKET_URL/webhooks/$WEBHOOK_ID/rotate-secret\" -H \"api-key: $DOCKET_API_KEY\""),
        of_endpoint("post", "/webhooks/{webhook_id}/test", "testWebhook", "Send a test")
            .text("A `webhook.test`, delivered like every other message.")
            .answer(202, "The delivery.", schemas.of::<DeliveryDocument>())
            .curl("curl -X POST \"$DOCKET_URL/webhooks/$WEBHOOK_ID/test\" -H \"api-key: $DOCKET_API_KEY\""),
    ]
}

fn deliveries(schemas: &mut Schemas) -> Vec<Operation> {
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 });
    let words = json!({ "type": "string", "enum": ["pending", "delivered", "failed"] });
    let one = "/webhooks/{webhook_id}/deliveries/{delivery_id}";
    let delivery_id = "The delivery's id: `msg_` and a UUID, as in the header `webhook-id`.";
    vec![
        of_endpoint("post", "/webhooks/{webhook_id}/replay", "replayFailed", "Send failed messages again")
            .text("All failed messages whose event happened at `since` or later.")
            .takes_json(since_schema(), true)
            .answer(202, "The number of messages.", schemas.of::<Replayed>())
            .fault(Fault::Invalid)
            .curl("curl \"$DOCKET_URL/webhooks/$WEBHOOK_ID/replay\" -H \"api-key: $DOCKET_API_KEY\" --json '{\"since\":\"2026-11-24T00:00:00Z\"}'"),
        of_endpoint("get", "/webhooks/{webhook_id}/deliveries", "listDeliveries", "The log of an endpoint")
            .text("Newest first; kept for seven days.")
            .query("limit", &limit, "Deliveries on one page.")
            .query("cursor", &json!({ "type": "string" }), "`next_cursor` of the previous page.")
            .query("status", &words, "Only deliveries with this status.")
            .answer(200, "A page of the log.", schemas.of::<DeliveryList>())
            .curl("curl \"$DOCKET_URL/webhooks/$WEBHOOK_ID/deliveries?status=failed\" -H \"api-key: $DOCKET_API_KEY\""),
        of_endpoint("get", one, "getDelivery", "A delivery")
            .path_text("delivery_id", delivery_id)
            .text("With the message and every attempt.")
            .answer(200, "The delivery.", schemas.of::<DeliveryDetail>())
            .curl("curl \"$DOCKET_URL/webhooks/$WEBHOOK_ID/deliveries/$DELIVERY_ID\" -H \"api-key: $DOCKET_API_KEY\""),
        of_endpoint(
            "post",
            "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay",
            "replayDelivery",
            "Send a message again",
        )
        .path_text("delivery_id", delivery_id)
        .text("In any state, with the same `webhook-id`.")
        .answer(202, "The delivery, waiting again.", schemas.of::<DeliveryDocument>())
        .curl("curl -X POST \"$DOCKET_URL/webhooks/$WEBHOOK_ID/deliveries/$DELIVERY_ID/replay\" -H \"api-key: $DOCKET_API_KEY\""),
    ]
}

/// What endpoints get: the `webhooks` of the document.
pub(crate) fn messages(schemas: &mut Schemas) -> Value {
    let header = |name: &str, text: &str| json!({ "name": name, "in": "header", "required": true, "description": text, "schema": { "type": "string" } });
    let mut post = json!({ "post": {
        "operationId": "onEvent",
        "tags": [TAG],
        "summary": "A job or a batch ended",
        "description": "Signed by Standard Webhooks. Respond with 2xx at once; any other \
            response causes another attempt.",
        "security": [],
        "parameters": [
            header("webhook-id", "The same at every attempt; use it to detect repeated messages."),
            header("webhook-timestamp", "When it was sent, in seconds since 1970."),
            header("webhook-signature", "`v1,` and the signature in base64; two of them while \
                the previous secret is valid."),
        ],
        "responses": {
            "2XX": { "description": "Accepted." },
            "410": { "description": "The endpoint is disabled." },
        },
    } });
    post["post"]["requestBody"] = json!({ "required": true, "content": {
        "application/json": { "schema": schemas.of::<EventBody>() },
    } });
    json!({ "event": post })
}

/// An operation on one endpoint.
fn of_endpoint(method: &'static str, path: &'static str, id: &str, summary: &str) -> Operation {
    Operation::new(method, path, TAG, id, summary)
        .path_text("webhook_id", "The endpoint's id.")
        .faults(&[Fault::BadRequest, Fault::NotFound])
}

fn endpoint_schema(required: &[&str]) -> Value {
    let mut words: Vec<&str> = EventType::SUBSCRIBABLE.iter().map(|event| event.as_str()).collect();
    words.push("*");
    let mut schema = json!({ "type": "object", "properties": {
        "url": {
            "type": "string", "format": "uri", "maxLength": 2048,
            "description": "Where messages are posted to: `http` or `https`, without credentials.",
        },
        "events": {
            "type": "array", "items": { "type": "string", "enum": words },
            "description": "Its events. Absent, empty or `*` means all.",
        },
        "description": { "type": "string", "maxLength": 500, "description": "A note." },
    } });
    if required.is_empty() {
        schema["properties"]["enabled"] =
            json!({ "type": "boolean", "description": "Switches it on and off." });
    } else {
        schema["required"] = json!(required);
    }
    schema
}

fn overlap_schema() -> Value {
    json!({ "type": "object", "properties": { "overlap_s": {
        "type": "integer", "minimum": 0, "maximum": 604_800, "default": 86_400,
        "description": "Seconds for which the former secret signs as well.",
    } } })
}

fn since_schema() -> Value {
    json!({ "type": "object", "required": ["since"], "properties": { "since": {
        "type": "string", "format": "date-time", "description": "An instant with its offset.",
    } } })
}
