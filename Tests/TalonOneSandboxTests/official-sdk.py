"""Drives every operation of the sandbox through an official Python SDK, and names each answer that the SDK cannot read.

    python3 -m venv sdk && sdk/bin/pip install talon-one-python-sdk==9.0.0    # or talon-one-sdk==26.2
    dsr sandbox --deployment newest &
    sdk/bin/python Tests/TalonOneSandboxTests/official-sdk.py http://127.0.0.1:8089

It needs PyPI, so it is run by hand and not by the suite, which checks the same members.
"""

import sys
from datetime import datetime

import talon_one
from talon_one import models

TYPES = {"str": str, "int": int, "float": (int, float), "bool": bool, "datetime": datetime}
SESSION_CONTENT = ["customerSession", "customerProfile", "coupons", "triggeredCampaigns", "referral", "loyalty", "event",
                   "awardedGiveaways", "ruleFailureReasons", "previousReturns"]
PROFILE_CONTENT = ["customerProfile", "triggeredCampaigns", "loyalty", "event", "awardedGiveaways", "ruleFailureReasons"]
SECTIONS = dict.fromkeys(("profile", "referrals", "coupons", "loyalty", "giveaways", "achievements"), True)

problems = []
# Version 9.0.0 checks types only where a setter does; 26.2 has pydantic's models.
is_old = hasattr(models.CustomerProfile, "openapi_types")


def client_of(url):
    configuration = talon_one.Configuration(host=url)
    for name in ("Authorization", "api_key_v1"):
        configuration.api_key[name] = "sandbox"
        configuration.api_key_prefix[name] = "ApiKey-v1"
    return talon_one.IntegrationApi(talon_one.ApiClient(configuration))


def attempt(name, call):
    try:
        answer = call()
    except Exception as error:
        problems.append(f"{name}: {type(error).__name__}: {error}")
        return None
    check(name, answer)
    return answer


def check(place, value):
    """Compares the types of all members with those that version 9.0.0 declares."""
    for attribute, kind in (getattr(value, "openapi_types", None) or {}).items():
        member = getattr(value, attribute)
        if member is not None and kind in TYPES and not isinstance(member, TYPES[kind]):
            problems.append(f"{place}.{attribute} is {type(member).__name__}, not {kind}")
        for inner in member if isinstance(member, list) else [member]:
            check(f"{place}.{attribute}", inner)


def customers(*names):
    return models.CouponReservations(**{"integration_i_ds" if is_old else "integration_ids": list(names)})


def session(**members):
    return models.IntegrationRequest(
        customer_session=models.NewCustomerSessionV2(**members), response_content=SESSION_CONTENT)


def event(**members):
    return models.IntegrationEventV2Request(type="viewed", attributes={}, **members)


def main(url):
    client = client_of(url)
    anna = "sdk-anna-old" if is_old else "sdk-anna"
    bert = anna + "-friend"
    cart = [
        models.CartItem(name="Shirt", sku="S-1", quantity=2, price=19.5, category="tops",
                        additional_costs={"shipping": models.AdditionalCost(price=3.0)}),
        models.CartItem(name="Cap", sku="C-1", quantity=1, price=12.0),
    ]
    attributes = models.CustomerProfileIntegrationRequestV2(
        attributes={"Name": "Anna", "City": "Bonn"}, response_content=PROFILE_CONTENT)

    for how in ({"dry": True}, {}):
        attempt(f"profile {how}", lambda: client.update_customer_profile_v2(
            anna, attributes, run_rule_engine=True, **how))
        attempt(f"open session {how}", lambda: client.update_customer_session_v2(
            anna + "-1", session(profile_id=anna, state="open", cart_items=cart, identifiers=["device-1"],
                                 additional_costs={"wrapping": models.AdditionalCost(price=1.5)}), **how))
        attempt(f"closed session {how}", lambda: client.update_customer_session_v2(
            anna + "-1", session(profile_id=anna, state="closed", cart_items=cart), **how))
        attempt(f"event {how}", lambda: client.track_event_v2(
            event(profile_id=anna, response_content=PROFILE_CONTENT), silent="no", **how))
    if not is_old:
        # Version 9.0.0 cannot read the empty answer that the API documents: its own model refuses it.
        attempt("silent event", lambda: client.track_event_v2(event(profile_id=anna), silent="yes"))
    for state in ("partially_returned", "cancelled"):
        attempt(f"{state} session", lambda: client.update_customer_session_v2(
            anna + "-1", session(profile_id=anna, state=state, cart_items=cart)))
    attempt("anonymous session", lambda: client.update_customer_session_v2(
        anna + "-2", session(state="open", cart_items=cart)))

    referral = attempt("referral", lambda: client.create_referral(models.NewReferral(
        campaign_id=2, advocate_profile_integration_id=anna, friend_profile_integration_id=bert)))
    attempt("session with coupon and referral", lambda: client.update_customer_session_v2(
        bert + "-1", session(profile_id=bert, state="closed", cart_items=cart, coupon_codes=["AUTUMN10"],
                             referral_code=referral.code if referral else None)))
    attempt("reservation", lambda: client.create_coupon_reservation("TENT-LAUNCH", customers(anna, bert)))
    attempt("reserved customers", lambda: client.get_reserved_customers("TENT-LAUNCH"))
    attempt("released reservation", lambda: client.delete_coupon_reservation("TENT-LAUNCH", customers(bert)))
    for customer in (anna, bert):
        for sections in ({}, {"profile": True}, SECTIONS):
            attempt(f"inventory {sections}", lambda: client.get_customer_inventory(customer, **sections))
    attempt("deletion", lambda: client.delete_customer_data(anna))

    print("\n".join(problems) or "no problem")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
