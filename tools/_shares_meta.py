"""What the tables of trade_data/shares/ are, whence they come and what they assume."""

from __future__ import annotations

from typing import Any

from _common import PUBLIC_DOMAIN

PREFIX = "prefix of a tariff number, the longest wins; empty means any product"
ORIGIN = "ISO 3166 alpha-3 of the country of origin"
DATAWEB = "US International Trade Commission, DataWeb, import programme S/S+ (USMCA)"
TRACKER = "The Budget Lab at Yale, Budget-Lab-Yale/tariff-rate-tracker"
MIT = "MIT (compiled table)"
LEVEL = "how the share was pooled: hts10, hs6, hs2 or origin"

META: dict[str, dict[str, Any]] = {
    "usmca_settled.parquet": {
        "title": "USMCA claims as part of customs value, July to December 2025, by product and origin",
        "source": DATAWEB,
        "url": "https://dataweb.usitc.gov",
        "vintage": "2025-07 to 2025-12",
        "licence": PUBLIC_DOMAIN,
        "notes": (
            "Claimed value over customs value of the six months. HS6, HS2 and origin rows are pooled the "
            "same way and serve products without trade in those months. Claims settled after June 2025; "
            "those of March to June understate use."
        ),
        "columns": {
            "product": PREFIX,
            "origin": ORIGIN,
            "share": "fraction of customs value, 0 to 1",
            "level": LEVEL,
        },
    },
    "usmca_2024.parquet": {
        "title": "USMCA claims as part of customs value, 2024, by product and origin",
        "source": f"{DATAWEB}; weights: US Census Bureau, US Imports of Merchandise, 2024",
        "url": "https://dataweb.usitc.gov",
        "vintage": "year 2024",
        "licence": PUBLIC_DOMAIN,
        "notes": (
            "Products with imports in 2024. HS6, HS2 and origin rows weigh the product shares by customs "
            "value of 2024. Where goods are free of duty without a claim, few are claimed: the share "
            "says what was claimed, not what qualifies."
        ),
        "columns": {
            "product": PREFIX,
            "origin": ORIGIN,
            "share": "fraction of customs value, 0 to 1",
            "level": LEVEL,
        },
    },
    "preference_2024.csv": {
        "title": "Part of the base duty waived by programmes other than USMCA, 2024, by chapter and origin",
        "source": f"US Census Bureau, calculated duty 2024; compiled by {TRACKER}",
        "vintage": "year 2024",
        "licence": MIT,
        "notes": (
            "share = 1 - calculated duty / (general rate x customs value), summed over the lines of the "
            "chapter; between 0 and 1. So it weighs goods by their base duty, and it holds every waiver: "
            "trade agreements, AGOA, CBERA, GSP (its goods count as free in the statistics though it "
            "lapsed in 2020), pharmaceutical and civil-aircraft lists. Recomputed from the bundled 2024 "
            "table and the tariff lines, 86 % of the pairs agree within 2 points. Canada and Mexico have "
            "tables of their own. China, Russia and the column-2 countries are left out: they have no "
            "programme, and chapter-99 or column-2 duties blur the quotient. A pair without row shows no "
            "waiver, or its duties exceed the general rate; it is not known."
        ),
        "columns": {
            "product": "chapter, 2 digits",
            "origin": ORIGIN,
            "share": "fraction of the base duty, 0 to 1",
        },
    },
    "metal_content.csv": {
        "title": "Steel, aluminum and copper as parts of customs value",
        "source": f"US Bureau of Economic Analysis, detail input-output accounts 2017; compiled by {TRACKER}",
        "url": "https://www.bea.gov/industry/input-output-accounts-data",
        "vintage": "input-output tables of 2017 on tariff numbers of 2025",
        "licence": MIT,
        "notes": (
            "Input-output shares are of an industry, not of an article. Shares that add up to more than "
            "one are scaled to one. Chapter 72 and the mill products of chapter 73 (US note 16 to "
            "subchapter III of chapter 99) count as steel, chapter 76 as aluminum, to the full value. At "
            "6 digits, where the numbers below differ, the row is that of most value in 2024. Six "
            "decimals, cut, not rounded."
        ),
        "columns": {
            "product": PREFIX,
            "steel": "fraction, 0 to 1",
            "aluminum": "fraction, 0 to 1",
            "copper": "fraction, 0 to 1",
        },
    },
    "semi_qualifying.csv": {
        "title": "Part of semiconductor numbers that meets the technical test of the section 232 action",
        "source": f"Assumption of {TRACKER}; the test: US note 39 to subchapter III of chapter 99, HTS",
        "vintage": "2026-04-28",
        "licence": MIT,
        "notes": (
            "A yes-or-no assumption by statistical number, an upper bound: only accelerator cards and "
            "modules count; no measurement behind it."
        ),
        "columns": {
            "product": PREFIX,
            "share": "fraction of customs value, 0 to 1",
            "note": "the line's own words",
        },
    },
    "civil_aircraft.csv": {
        "title": "Part of value that is civil aircraft, engines and parts",
        "source": "Assumption on the headings of the Harmonized Tariff Schedule, chapter 88",
        "vintage": "HTS 2025 to 2026",
        "licence": PUBLIC_DOMAIN,
        "notes": (
            "Assumption: all goods of chapter 88 but unmanned aircraft (8806) are civil aircraft and "
            "their parts. Goods of other chapters that enter for civil aircraft are not known and have "
            "no row."
        ),
        "columns": {"product": PREFIX, "share": "fraction of customs value, 0 to 1"},
    },
    "us_content.csv": {
        "title": "US content of vehicles that qualify for USMCA, as part of value",
        "source": f"{TRACKER}, policy parameter us_auto_content_share",
        "vintage": "2026",
        "licence": MIT,
        "notes": (
            "One average for every vehicle. The same source gives 0.55 for Canada and 0.18 for Mexico as a sensitivity."
        ),
        "columns": {"product": PREFIX, "origin": ORIGIN, "share": "fraction of customs value, 0 to 1"},
    },
    "repair_value.csv": {
        "title": "Part of value outside the repair, alteration or processing abroad, subheading 9802.00",
        "source": (f"{TRACKER}, parameter ch98_value_basis, from duty collected over statutory duty on 9802.00.50.60"),
        "vintage": "2026-06-12",
        "licence": MIT,
        "notes": (
            "Duty is due on the value of the repair only, about one tenth (25 % by statute, 2.9 % "
            "collected, goods of China). A rough figure, taken for all three lines and all origins."
        ),
        "columns": {"product": PREFIX, "share": "fraction of customs value, 0 to 1"},
    },
}
