"""Drives a sandbox with Talon.One's official Python SDK: python3 official_sdk.py http://127.0.0.1:8089 newest|baseline

Needs talon-one-python-sdk==9.0.0 or talon-one-sdk==26.2. It must be the first program that uses the sandbox. It prints
each fault and exits with 1 if there is any; it is not part of the tests of CI.
"""

import inspect
import json
import re
import sys
import typing
from datetime import datetime, timezone

import talon_one
from talon_one import models
from talon_one.exceptions import ApiException

BASE_URL, DEPLOYMENT = sys.argv[1:3]
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
IS_PYDANTIC = hasattr(models.Coupon, "model_fields")
SECTIONS = ["profile", "referrals", "coupons", "loyalty", "giveaways", "achievements"]
faults, notes, calls = [], set(), 0


# The declared members of a model: JSON name -> (type, whether it is required).
def members(model):
    if IS_PYDANTIC:
        hints = typing.get_type_hints(model)
        return {
            field.alias or name: (hints[name], field.is_required()) for name, field in model.model_fields.items()
        }
    return {
        model.attribute_map[name]: (
            kind, f"and {name} is None" in inspect.getsource(getattr(model, name).fset)
        )
        for name, kind in model.openapi_types.items()
    }


# Compares a JSON value to its declared type more strictly than the SDKs, which convert or ignore much.
def check(value, kind, path):
    if isinstance(kind, str):
        if match := re.fullmatch(r"(?i:list)\[(.*)\]", kind):
            return check_list(value, match[1], path)
        if match := re.fullmatch(r"(?:dict\(|Dict\[)str, (.*)[\])]", kind):
            return check_map(value, match[1], path)
        kind = {"int": int, "float": float, "str": str, "bool": bool, "datetime": datetime, "object": object}.get(
            kind
        ) or getattr(models, kind)
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        return check_list(value, parts[0], path)
    if origin is dict:
        return check_map(value, parts[1], path)
    if origin is typing.Union:
        parts = [part for part in parts if part is not type(None)]
        return check(value, float if float in parts else parts[0], path)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if hasattr(kind, "openapi_types") or hasattr(kind, "model_fields"):
        if not isinstance(value, dict):
            faults.append(f"{path}: {value!r} is not an object")
            return
        declared = members(kind)
        for name, (member, is_required) in declared.items():
            if value.get(name) is not None:
                check(value[name], member, f"{path}.{name}")
            elif is_required:
                faults.append(f"{path}.{name}: required, and absent or null")
        notes.update(f"{kind.__name__}.{name}" for name in value.keys() - declared.keys())
    elif kind is datetime:
        if not isinstance(value, str) or not RFC_3339.fullmatch(value):
            faults.append(f"{path}: {value!r} is not a date-time")
    elif kind is int and (not is_number or isinstance(value, float)):
        faults.append(f"{path}: {value!r} is not an integer")
    elif kind is float and not is_number:
        faults.append(f"{path}: {value!r} is not a number")
    elif kind in (str, bool) and not isinstance(value, kind):
        faults.append(f"{path}: {value!r} is not {kind.__name__}")


def check_list(value, kind, path):
    if not isinstance(value, list):
        faults.append(f"{path}: {value!r} is not an array")
        return
    for position, element in enumerate(value):
        check(element, kind, f"{path}[{position}]")


def check_map(value, kind, path):
    if not isinstance(value, dict):
        faults.append(f"{path}: {value!r} is not an object")
        return
    for name, element in value.items():
        check(element, kind, f"{path}.{name}")


SCHEME = "api_key_v1" if IS_PYDANTIC else "Authorization"
configuration = talon_one.Configuration(
    host=BASE_URL, api_key={SCHEME: "sandbox"}, api_key_prefix={SCHEME: "ApiKey-v1"}
)
client = talon_one.ApiClient(configuration)
api = talon_one.IntegrationApi(client)


def call(operation, *arguments, status, **options):
    """Calls an operation, and compares the status and the raw body of the answer to what the SDK declares."""
    global calls
    calls += 1
    name = f"{operation}({', '.join([str(a) for a in arguments[:1] if isinstance(a, str)] + sorted(options))})"
    method = getattr(api, operation + "_with_http_info")
    try:
        result = method(*arguments, **options)
        if IS_PYDANTIC:
            answer, received, raw = result.data, result.status_code, result.raw_data
        elif options.get("_preload_content", True):
            answer, received, raw = result[0], result[1], client.last_response.data
        else:
            answer, received, raw = None, result.status, result.data
        model = type(answer)
    except ApiException as error:
        answer, received, raw, model = None, error.status, error.body, models.ErrorResponseWithStatus
        if not json.loads(raw).get("message"):
            faults.append(f"{name}: an error without a message")
        if json.loads(raw).get("StatusCode") != received:
            faults.append(f"{name}: StatusCode is not the status {received}")
    except Exception as error:  # a validation error of the SDK
        faults.append(f"{name}: {type(error).__name__}: {error}")
        return None
    if received != status:
        faults.append(f"{name}: {received} instead of {status}: {raw}")
    if raw:
        raw = raw.decode() if isinstance(raw, bytes) else raw
        if model is type(None):
            faults.append(f"{name}: a body that the SDK does not expect: {raw}")
        elif model.__module__.startswith("talon_one"):
            check(json.loads(raw), model, name)
    return answer


def new(model, **values):
    """Creates a model by the names of Python attributes."""
    return getattr(models, model)(**values)


def ids(*values):
    return new("CouponReservations", **{"integration_ids" if IS_PYDANTIC else "integration_i_ds": list(values)})


def session(status=200, identifier="s1", dry=None, response_content=None, **values):
    values = {"profile_id": "anna", "attributes": {}, **values}
    body = new("IntegrationRequest", customer_session=new("NewCustomerSessionV2", **values))
    if response_content:
        body.response_content = response_content
    options = {} if dry is None else {"dry": dry}
    return call("update_customer_session_v2", identifier, body, status=status, **options)


def equal(name, value, expected):
    if value != expected:
        faults.append(f"{name}: {value!r} instead of {expected!r}")


def cart():
    return [
        new("CartItem", name="Tent", sku="tent", quantity=2, price=100.25, category="gear",
            attributes={}, additional_costs={"gift": new("AdditionalCost", price=1)}),
        new("CartItem", name="Mug", sku="mug", quantity=1, price=0.5),
    ]


def inventory(identifier, status=200):
    found = call("get_customer_inventory", identifier, status=status, **{name: True for name in SECTIONS})
    for name in SECTIONS:
        call("get_customer_inventory", identifier, status=status, **{name: True})
    call("get_customer_inventory", identifier, status=status)
    return found


def writes(present):
    """Everything that only version 2 has; `present` is whether the deployment has it."""
    ok = 200 if present else 404
    profile = new("CustomerProfileIntegrationRequestV2", attributes={"Name": "Zoë", "Unset": None, "N": 1.5})
    call("update_customer_profile_v2", "anna", profile, status=ok, run_rule_engine=True, dry=True)
    call("get_customer_inventory", "anna", status=404 if present else 200, profile=True)
    call("update_customer_profile_v2", "anna", profile, status=ok)
    profile.response_content = ["customerProfile", "triggeredCampaigns", "loyalty", "event", "awardedGiveaways",
                                "ruleFailureReasons"]
    answer = call("update_customer_profile_v2", "anna", profile, status=ok, run_rule_engine=True)
    for identifier in ["ä€😀/ b", "a%2Fb", "x+y@example.com", "k" * 1000]:
        call("update_customer_profile_v2", identifier, profile, status=ok)
        if present:
            equal("an id", inventory(identifier).profile.integration_id, identifier)

    full = dict(
        coupon_codes=["AUTUMN10"], cart_items=cart(), identifiers=["192.0.2.1"],
        additional_costs={"shipping": new("AdditionalCost", price=4.5)},
    )
    everything = ["customerSession", "customerProfile", "event", "loyalty", "referral", "coupons",
                  "triggeredCampaigns", "ruleFailureReasons", "awardedGiveaways", "previousReturns"]
    answer = session(ok, dry=True, state="closed", response_content=everything, **full)
    if present:
        equal("a dry session", answer.customer_session.state, "closed")
        equal("sales after a dry session", inventory("anna").profile.closed_sessions, 0)
    session(ok, **full)
    session(ok, state="open", response_content=everything, **full)
    answer = session(ok, state="closed", response_content=everything, **full)
    if present:
        total = answer.customer_session
        equal("totals", (total.cart_item_total, total.additional_cost_total, total.total), (201, 4.5, 207.5))
        equal("total sales", answer.customer_profile.total_sales, 207.5)
    session(ok, state="partially_returned", **full)
    session(ok, state="cancelled", **full)
    session(400 if present else 404, state="open", **full)
    session(ok, identifier="s2", state="open", profile_id="")
    session(ok, identifier="s2", state="cancelled", profile_id="bert")

    event = new("IntegrationEventV2Request", type="viewed", attributes={"Page": 1}, profile_id="anna")
    # SDK 9.0.0 cannot decode the 204 that it documents.
    raw = {} if IS_PYDANTIC else {"_preload_content": False}
    call("track_event_v2", event, status=204 if present else 404, **raw)
    call("track_event_v2", event, status=204 if present else 404, silent="yes", **raw)
    call("track_event_v2", event, status=ok, silent="no")
    call("track_event_v2", event, status=ok, silent="no", dry=True, force_complete_evaluation=True)
    event.response_content = profile.response_content
    call("track_event_v2", event, status=ok, silent="no")


def everywhere():
    """What every deployment has: reservations, referrals, the inventory, and the erasure."""
    unknown = 404 if DEPLOYMENT == "newest" else 204
    call("create_coupon_reservation", "AUTUMN10", ids("anna", "bert"), status=201)
    call("create_coupon_reservation", "TENT-LAUNCH", ids("anna"), status=201)
    call("create_coupon_reservation", "no such coupon", ids("anna"), status=404)
    equal("reservations", call("get_reserved_customers", "AUTUMN10", status=200).total_result_size, 2)
    call("get_reserved_customers", "nothing", status=404)
    call("delete_coupon_reservation", "AUTUMN10", ids("bert"), status=204)
    call("delete_coupon_reservation", "nothing", ids("bert"), status=404)
    equal("reservations", call("get_reserved_customers", "AUTUMN10", status=200).total_result_size, 1)
    now = datetime.now(timezone.utc)
    referral = new("NewReferral", campaign_id=2, advocate_profile_integration_id="anna", usage_limit=3,
                   friend_profile_integration_id="bert", start_date=now, expiry_date=now, attributes={"A": "b"})
    code = call("create_referral", referral, status=201).code
    plain = new("NewReferral", campaign_id=2, advocate_profile_integration_id="anna")
    call("create_referral", plain, status=201)
    plain.campaign_id = 99
    call("create_referral", plain, status=400)
    if DEPLOYMENT != "baseline":
        answer = session(identifier="r1", profile_id="bert", state="closed", referral_code=code, cart_items=cart(),
                         response_content=["customerSession", "referral", "coupons", "loyalty"])
        session(identifier="r2", profile_id="anna", state="closed", coupon_codes=["TENT-LAUNCH"],
                response_content=["customerSession", "referral", "coupons"])
        equal("the referral's code", answer.customer_session.referral_code, code)
    found = inventory("anna")
    if DEPLOYMENT != "baseline":
        equal("referred customers", found.referrals[0].referred_customers, ["bert"])
        equal("empty sections", [s for s in SECTIONS if not getattr(found, s)], [])
    inventory("bert")
    call("delete_customer_data", "anna", status=204)
    call("delete_customer_data", "anna", status=unknown)
    inventory("anna", status=404 if DEPLOYMENT == "newest" else 200)
    call("delete_customer_data", "nobody", status=unknown)
    configuration.api_key[SCHEME] = "wrong"
    call("delete_customer_data", "bert", status=401)
    inventory("bert", status=401)
    configuration.api_key[SCHEME] = "sandbox"


try:
    if DEPLOYMENT == "baseline":
        # The SDKs have no operation of version 1 that makes a profile; a reservation does.
        call("create_coupon_reservation", "WELCOME5", ids("anna", "bert"), status=201)
        writes(False)
    else:
        writes(True)
    everywhere()
except AttributeError as error:  # a refused call has no answer
    faults.append(f"stopped: {error} in line {error.__traceback__.tb_next.tb_lineno}")
print("members unknown to this SDK:", ", ".join(sorted(notes)) or "none")
for fault in faults:
    print("fault:", fault)
print(f"{calls} calls, {len(faults)} faults, {DEPLOYMENT}, talon_one {'26.2' if IS_PYDANTIC else '9.0.0'}")
sys.exit(1 if faults else 0)
