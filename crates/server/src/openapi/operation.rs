//! One operation of the document, put together step by step.

use serde_json::{Map, Value, json};

use super::fault::Fault;

/// A method of a path, with all that may go in and come out.
pub(crate) struct Operation {
    pub(crate) path: &'static str,
    pub(crate) method: &'static str,
    pub(crate) body: Map<String, Value>,
}

impl Operation {
    /// An operation that wants a key.
    pub(crate) fn new(
        method: &'static str,
        path: &'static str,
        tag: &str,
        id: &str,
        summary: &str,
    ) -> Self {
        let body = json!({
            "tags": [tag], "operationId": id, "summary": summary,
            "parameters": [], "responses": {},
        });
        let Value::Object(body) = body else { unreachable!("the literal above is an object") };
        let all = Self { path, method, body };
        all.faults(&[Fault::Unauthorized, Fault::RateLimited, Fault::Internal, Fault::Unavailable])
    }

    /// An operation without a key.
    pub(crate) fn public(
        method: &'static str,
        path: &'static str,
        tag: &str,
        id: &str,
        summary: &str,
    ) -> Self {
        let mut all = Self::new(method, path, tag, id, summary);
        all.body.insert("security".to_owned(), json!([]));
        all.responses().remove("401");
        all.responses().remove("429");
        all
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        self.body.insert("description".to_owned(), text.into());
        self
    }

    /// An older name of another operation.
    pub(crate) fn deprecated(mut self) -> Self {
        self.body.insert("deprecated".to_owned(), true.into());
        self
    }

    /// A command that shows it; `$DOCKET_URL` and `$DOCKET_API_KEY` stand for the reader's own.
    pub(crate) fn curl(mut self, command: &str) -> Self {
        let sample = json!([{ "lang": "Shell", "label": "curl", "source": command }]);
        self.body.insert("x-codeSamples".to_owned(), sample);
        self
    }

    /// The id of a job in the path.
    pub(crate) fn job_id(self) -> Self {
        self.parameter(json!({
            "name": "job_id", "in": "path", "required": true,
            "description": "The job's id. A malformed id gets the same 404 as an unknown id.",
            "schema": { "type": "string", "format": "uuid" },
            "example": "0199b0f5-5a2c-7c3e-9d1b-2f6f0c1a7e44",
        }))
    }

    pub(crate) fn path_text(self, name: &str, text: &str) -> Self {
        self.parameter(json!({
            "name": name, "in": "path", "required": true, "description": text,
            "schema": { "type": "string" },
        }))
    }

    pub(crate) fn query(self, name: &str, schema: &Value, text: &str) -> Self {
        self.parameter(json!({
            "name": name, "in": "query", "description": text, "schema": schema,
        }))
    }

    pub(crate) fn header(self, name: &str, schema: &Value, text: &str) -> Self {
        self.parameter(json!({
            "name": name, "in": "header", "description": text, "schema": schema,
        }))
    }

    /// A submit that an `Idempotency-Key` makes happen once.
    pub(crate) fn once_only(self) -> Self {
        self.header(
            "Idempotency-Key",
            &json!({ "type": "string", "maxLength": 255 }),
            "Within 24 hours, the same key with the same request returns the first response and \
                creates no second job; the same key with a different request is 400.",
        )
    }

    /// An operation that answers one client in its own way.
    pub(crate) fn named_client(self) -> Self {
        self.header(
            "X-APIMatic-Lang",
            &json!({ "type": "string" }),
            "Sent by one published client, which decodes some errors in its own form only.",
        )
    }

    fn parameter(mut self, parameter: Value) -> Self {
        if let Some(Value::Array(parameters)) = self.body.get_mut("parameters") {
            parameters.push(parameter);
        }
        self
    }

    /// The request's body by its media types.
    pub(crate) fn takes(mut self, content: Value, required: bool) -> Self {
        let mut body = json!({ "required": required });
        body["content"] = content;
        self.body.insert("requestBody".to_owned(), body);
        self.fault(Fault::TooSlow)
    }

    /// A JSON body.
    pub(crate) fn takes_json(self, schema: Value, required: bool) -> Self {
        let mut content = json!({ "application/json": {} });
        content["application/json"]["schema"] = schema;
        self.takes(content, required)
    }

    /// A JSON answer.
    pub(crate) fn answer(self, status: u16, text: &str, schema: Value) -> Self {
        let mut content = json!({ "application/json": {} });
        content["application/json"]["schema"] = schema;
        self.answer_as(status, text, content)
    }

    /// An answer by its media types; none for an answer without a body.
    pub(crate) fn answer_as(mut self, status: u16, text: &str, content: Value) -> Self {
        let mut response = json!({ "description": text });
        if content.is_object() {
            response["content"] = content;
        }
        let responses = self.responses();
        responses.insert(status.to_string(), response);
        responses.sort_keys();
        self
    }

    /// An example of the answer with this status.
    pub(crate) fn example(mut self, status: u16, example: Value) -> Self {
        self.responses()[&status.to_string()]["content"]["application/json"]["example"] = example;
        self
    }

    /// An error that it may answer; a later one replaces an earlier one of the same status.
    pub(crate) fn fault(mut self, fault: Fault) -> Self {
        let reference = format!("#/components/responses/{}", fault.name());
        let responses = self.responses();
        responses.insert(fault.status().to_string(), json!({ "$ref": reference }));
        responses.sort_keys();
        self
    }

    pub(crate) fn faults(self, faults: &[Fault]) -> Self {
        faults.iter().fold(self, |all, fault| all.fault(*fault))
    }

    fn responses(&mut self) -> &mut Map<String, Value> {
        let responses = self.body.get_mut("responses").and_then(Value::as_object_mut);
        responses.expect("made with the operation")
    }
}
