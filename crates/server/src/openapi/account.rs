//! Keys and credits.

use docket_contract::shapes::account::{ApiKeyCreated, ApiKeyRevoked, ApiKeys, Usage};
use serde_json::{Value, json};

use super::fault::Fault;
use super::operation::Operation;
use super::schemas::Schemas;

pub(crate) const TAG: &str = "Account";

const KEYS: &str = "/api/v1/auth/api-keys";

pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Operation> {
    let usage = |path, id, schemas: &mut Schemas| {
        Operation::new("get", path, TAG, id, "Credits of the account")
            .text("Credits used, remaining and allowed in the current cycle of 30 days.")
            .answer(200, "The credits.", schemas.of::<Usage>())
            .curl("curl \"$DOCKET_URL/org/get_usage\" -H \"api-key: $DOCKET_API_KEY\"")
    };
    vec![
        Operation::new("get", KEYS, TAG, "listKeys", "Keys of the account")
            .text("Every key, by its last four characters only.")
            .answer(200, "The keys.", schemas.of::<ApiKeys>())
            .curl("curl \"$DOCKET_URL/api/v1/auth/api-keys\" -H \"api-key: $DOCKET_API_KEY\""),
        Operation::new("post", KEYS, TAG, "createKey", "Create a key")
            .text("Another key of the same account. Its text is shown only now.")
            .takes_json(create_schema(), false)
            .answer(201, "The key.", schemas.of::<ApiKeyCreated>())
            .fault(Fault::BadRequest)
            .curl("curl \"$DOCKET_URL/api/v1/auth/api-keys\" -H \"api-key: $DOCKET_API_KEY\" --json '{\"name\":\"ci\"}'"),
        Operation::new("delete", KEYS, TAG, "revokeKey", "Revoke a key")
            .text("Takes effect at once on this node, and within a second on others.")
            .takes_json(revoke_schema(), true)
            .answer(200, "The key is revoked.", schemas.of::<ApiKeyRevoked>())
            .faults(&[Fault::BadRequest, Fault::NotFound])
            .curl("curl -X DELETE \"$DOCKET_URL/api/v1/auth/api-keys\" -H \"api-key: $DOCKET_API_KEY\" --json '{\"key_preview\":\"****ab12\"}'"),
        usage("/org/get_usage", "getUsage", schemas),
        usage("/api/v1/org/get_usage", "getUsageV1", schemas),
    ]
}

fn create_schema() -> Value {
    json!({ "type": "object", "properties": {
        "name": { "type": ["string", "null"], "maxLength": 200, "description": "A name for people." },
        "expires_at": {
            "type": ["string", "null"], "format": "date-time",
            "description": "When it expires; in the future. Default: never.",
        },
    } })
}

fn revoke_schema() -> Value {
    json!({ "type": "object", "required": ["key_preview"], "properties": {
        "key_preview": { "type": "string", "description": "`****` and the last four characters." },
    } })
}
