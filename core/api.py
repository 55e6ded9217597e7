"""The JSON API: what a call takes and answers is a pydantic model, and OpenAPI is written from the same models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, cast

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import models_json_schema
from pydantic_core import to_json
from werkzeug.routing import Rule

from core import idempotency
from core.addresses import GREATEST_ID
from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import actor, requires, right_of
from core.sharing import shared
from core.web import now, reading, transaction
from core.words import nfc

Text = Annotated[str, AfterValidator(nfc)]
"""Text from outside: composed, trimmed."""

Id = Annotated[int, Field(ge=1, le=GREATEST_ID)]
"""The id of a row, named in a body."""

MOST_TOLD = 8
"""How many things that are wrong in one body are told at once: a list of sixty may have sixty."""


class Body(BaseModel):
    """What a caller sends: unknown members are ignored, types are not guessed."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, str_max_length=4000)


class Problem(BaseModel):
    """RFC 9457 problem details, with a stable `code`. `request_id` names the request in the server's log."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str


@dataclass(frozen=True)
class Contract:
    """What an API view takes and answers."""

    summary: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answers: Mapping[int, Any]
    keep_answer: bool


def endpoint(
    *,
    summary: str,
    answers: Mapping[int, Any],
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    keep_answer: bool = True,
    before: Callable[..., Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Make a function an API view.

    It is called with a session (a transaction for unsafe methods, else a reading), the URL's arguments, and `body=` and
    `query=` when models are named; it returns a model or a list of models, `(model, status)`, or None for 204. A POST with
    `Idempotency-Key` is answered once: the key is claimed and its answer stored in the same transaction. `keep_answer` False
    is for a POST that only tells about a person: doing it twice harms nobody, and what it tells is not stored once more.
    `before` is asked before the transaction begins, with a reading and the same arguments, and its answer is given to the view
    as `known=`: for what takes too long to work out while locks are held.
    """
    contract = Contract(summary, body, query, answers, keep_answer)

    def wrap(view: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(view)
        def run(**arguments: Any) -> Response:
            if body is not None:
                arguments["body"] = _validated(body, _json_sent())
            if query is not None:
                arguments["query"] = _validated(query, request.args.to_dict())
            if before is not None:
                with reading() as session:
                    arguments["known"] = before(session, **arguments)
            return _answered_in_transaction(view, arguments, keep_answer)

        run.contract = contract  # type: ignore[attr-defined]  # functions take attributes; their type does not say so
        return run

    return wrap


def _answered_in_transaction(view: Callable[..., Any], arguments: dict[str, Any], keep_answer: bool) -> Response:
    if request.method in ("GET", "HEAD"):
        with reading() as session:
            return _response(view(session, **arguments))
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" and keep_answer else ""
    with transaction() as session:
        if key:
            stored = idempotency.claim(
                session, key, method=request.method, path=request.path, caller=_caller(), body=request.get_data(), now=now()
            )
            if stored is not None:
                return Response(stored.answer, stored.status, mimetype="application/json")
        response = _response(view(session, **arguments))
        if key:
            idempotency.keep(session, response.status_code, response.get_data(as_text=True))
        return response


def _caller() -> str:
    return f"{actor().kind}:{actor().id}"


def _json_sent() -> Any:
    if not request.get_data():
        return {}
    try:
        sent = request.get_json(silent=True, force=True)
    except RecursionError:  # thousands of brackets in one another
        sent = None
    if not isinstance(sent, dict):
        raise FormRefused({"body": _("Nội dung gửi lên không phải là một đối tượng JSON.")})
    return sent


def _validated(model: type[BaseModel], data: Any) -> BaseModel:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise FormRefused({_place(e): _explained(e) for e in error.errors()[:MOST_TOLD]}) from error


def _place(error: Mapping[str, Any]) -> str:
    return ".".join(str(part) for part in error["loc"]) or "body"


def _explained(error: Mapping[str, Any]) -> str:
    name = _place(error)
    if error["type"] == "missing":
        return _("Thiếu “%(name)s”.", name=name)
    if "too_long" in error["type"]:
        return _("“%(name)s” quá dài.", name=name)
    return _("“%(name)s” không đúng: hãy kiểm tra lại.", name=name)


def _response(result: Any) -> Response:
    status = 200
    if isinstance(result, tuple):
        result, status = result
    if result is None:
        return Response(status=204, mimetype="application/json")
    return Response(to_json(result), status, mimetype="application/json")


# --- OpenAPI -------------------------------------------------------------------------------------------------------

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same body is answered the same, once; with another body: 422 key_reused.",
    "schema": {"type": "string"},
}

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
@shared
@requires("anyone")
def openapi() -> Response:
    """The description of every call, made from the code that answers it."""
    return jsonify(document(current_app))


@blueprint.get("/")
@requires("anyone")
def human_page() -> str:
    """The same description for people."""
    return render_template("core/api.html", document=document(current_app))


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document of `app`."""
    rules = [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()]
    described = [(rule, view) for rule, view in rules if hasattr(view, "contract")]
    models: dict[str, type[BaseModel]] = {"Problem": Problem}
    for _rule, view in described:
        for model in _models_of(view.contract):
            models[model.__name__] = model
    _map, schemas = models_json_schema(
        [(model, "serialization") for model in models.values()], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, Any] = {}
    for rule, view in sorted(described, key=lambda pair: pair[0].rule):
        path = rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule, view)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Đúng Giờ", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models_of(contract: Contract) -> list[type[BaseModel]]:
    found = [contract.body, contract.query, *contract.answers.values()]
    return [_item(model) for model in found if model is not None]


def _item(model: Any) -> type[BaseModel]:
    return cast(type[BaseModel], model.__args__[0] if hasattr(model, "__args__") else model)


def _reference(model: Any) -> dict[str, Any]:
    reference = {"$ref": f"#/components/schemas/{_item(model).__name__}"}
    return {"type": "array", "items": reference} if hasattr(model, "__args__") else reference


def _operation(rule: Rule, view: Any) -> dict[str, Any]:
    contract: Contract = view.contract
    who = right_of(view) or ()
    responses: dict[str, Any] = {
        "default": {
            "description": "problem",
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    for status, model in contract.answers.items():
        content = {"content": {"application/json": {"schema": _reference(model)}}} if model is not None else {}
        responses[str(status)] = {"description": contract.summary} | content
    converters = rule._converters
    parameters: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if "Integer" in type(converters[name]).__name__ else "string"},
        }
        for name in sorted(rule.arguments)
    ]
    if contract.query is not None:
        asked = contract.query.model_json_schema()
        parameters += [
            {"name": name, "in": "query", "required": name in asked.get("required", ()), "schema": schema}
            for name, schema in asked["properties"].items()
        ]
    if "POST" in (rule.methods or ()) and contract.keep_answer:
        parameters.append(_IDEMPOTENCY_KEY)
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": contract.summary,
        "description": "Who: " + ", ".join(who),
        "parameters": parameters,
        "responses": responses,
    }
    if contract.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": _reference(contract.body)}}}
    if "anyone" not in who:
        operation["security"] = [{"bearer": []}]
    return operation
