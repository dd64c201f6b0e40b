"""What headlines, assumptions and their options are called, in pictures and beside them."""

from __future__ import annotations

from collections.abc import Mapping

HEADLINES: Mapping[str, str] = {
    "duty": "Duty, trade as it is",
    "duty_after": "Duty that is left",
    "revenue_change": "Change of revenue",
    "trade_change": "Change of imports",
    "buyers_loss": "Loss of buyers",
    "exporters_loss": "Loss of exporters",
    "deadweight_loss": "Deadweight loss",
    "welfare_change": "Change of welfare",
}
ASSUMPTIONS: Mapping[str, str] = {
    "preference": "Claims of trade agreements",
    "content": "Metal in the goods",
    "status": "Duty held void later",
    "pass_through": "Who bears the duty",
    "demand": "Elasticity of demand",
    "substitution": "Elasticity of substitution",
    "supply": "Elasticity of supply",
}
OPTIONS: Mapping[str, str] = {
    "settled": "as in late 2025",
    "observed": "as in each period",
    "2024": "as in 2024",
    "none": "none",
    "all": "wherever allowed",
    "table": "bundled shares",
    "full": "whole value",
    "assessed": "as assessed at entry",
    "owed": "as owed in law",
    "elasticities": "by supply and demand",
}
DIRECT, INPUTS = "Imported goods themselves", "Through inputs of home producers"
"""The two ways in which dearer imports reach a household."""
